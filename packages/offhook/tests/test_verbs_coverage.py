"""Every verb and attribute that the schema says is run has a test, and so has every option."""

from __future__ import annotations

import importlib
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from offhook.interpreter.options import Options
from offhook.interpreter.schema import VERBS

HERE = Path(__file__)
FILES = sorted(path.stem for path in HERE.parent.glob("test_verbs_*.py") if path != HERE)

RUN = {
    f"{tag}.{name}" if name else tag
    for tag, verb in VERBS.items()
    if verb.run
    for name in [name for name, attribute in verb.attributes.items() if attribute.run] or [""]
}
"""What is to be covered: `Verb.attribute`, or `Verb` where a verb has no attribute that is run."""


def covered(module: ModuleType) -> dict[str, str]:
    """What a test file says that it covers, by which tests."""
    return dict(getattr(module, "COVERS", {}))


def test_everything_that_is_run_is_covered() -> None:
    """No verb, noun, tag or attribute is run without a test of its own."""
    names = [name for file in FILES for name in covered(importlib.import_module(file))]
    assert sorted(RUN - set(names)) == []
    assert sorted(set(names) - RUN) == []
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file", FILES)
def test_what_covers_is_a_test(file: str) -> None:
    """Each name in COVERS is a test of the same file."""
    module = importlib.import_module(file)
    for name, test in covered(module).items():
        assert test.startswith("test_"), name
        assert callable(getattr(module, test, None)), name


def test_every_option_is_covered() -> None:
    """Each field of Options has a test that shows its default and another value."""
    module = importlib.import_module("test_verbs_options")
    assert set(module.OPTIONS) == {field.name for field in fields(Options)}
    for option, test in module.OPTIONS.items():
        assert callable(getattr(module, test, None)), option
