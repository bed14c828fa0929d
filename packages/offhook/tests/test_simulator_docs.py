"""What the simulator's documents show is what it does now."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_generated_documents_are_fresh() -> None:
    """The tables of verbs and of assumptions are those of this simulator."""
    generated = runpy.run_path(str(ROOT / "docs" / "write_tables.py"))["generated"]()
    assert generated
    for document, text in generated.items():
        assert document.read_text("utf-8") == text, f"{document.name} is stale; run: make docs"


README = (ROOT / "README.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    """The README's blocks of a kind of text."""
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    """A folder with the README's app."""
    (tmp_path / "bakery.py").write_text(blocks("python")[0], "utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_session_of_the_readme_goes_as_it_stands_there(bakery: Path) -> None:
    """Its command prints, on its app, what is shown below it."""
    (session,) = blocks("console")
    command, _, shown = session.partition("\n")
    words = shlex.split(command.removeprefix("$ "))
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=bakery, capture_output=True, text=True, check=True
    )
    assert done.stdout == shown


@pytest.mark.slow
def test_the_test_of_the_readme_passes(bakery: Path) -> None:
    """So does its pytest, with the ini line that stands above it."""
    (bakery / "test_bakery.py").write_text(blocks("python")[1], "utf-8")
    (bakery / "pytest.ini").write_text("[pytest]\nphone_app = bakery:app/answer\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"],
        cwd=bakery,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
