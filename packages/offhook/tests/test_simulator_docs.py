"""What the simulator's documents show is what it does now."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_generated_documents_are_fresh() -> None:
    """The tables of verbs and of assumptions are those of this simulator."""
    generated = runpy.run_path(str(ROOT / "docs" / "write_tables.py"))["generated"]()
    assert generated
    for document, text in generated.items():
        assert document.read_text("utf-8") == text, f"{document.name} is stale; run: make docs"
