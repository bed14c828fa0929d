"""What the documents show is what the line does now."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import click
import pytest

from ivr.__main__ import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("packages/**/*.md")]


def test_generated_documents_are_fresh() -> None:
    """Call map, script, transcript and counts in the documents are those of this line."""
    generated = runpy.run_path(str(ROOT / "docs" / "generate.py"))["generated"]()
    assert len(generated) == 4
    for document, text in generated.items():
        assert document.read_text("utf-8") == text, f"{document.name} is stale; run: make docs"


def test_every_command_is_in_the_readme() -> None:
    """Whoever reads the README meets each command of `ivr`."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in main.list_commands(click.Context(main)):
        assert f"ivr {command}" in readme


def test_links_between_documents_lead_somewhere() -> None:
    """Each relative link names a file that is there."""
    assert len(DOCUMENTS) >= 6
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), (document.name, target)
