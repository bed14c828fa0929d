"""Writes what the documents take from the running line: call map, script, transcript.

Run: make docs. With --check nothing is written; a stale document is named, exit 1.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from click.testing import CliRunner

from ivr.__main__ import main as command
from ivr.call.red_flags import RED_FLAGS

ROOT = Path(__file__).parents[1]

NOES = " ".join("2" for _ in RED_FLAGS)

CALL = ("--at", "2026-11-23T10:00-06:00", "--script", f"{NOES} 2 busy no-answer completed silence")
"""A Monday morning: noes, benefits, and a hunt that ends at the CareLine."""


def ivr(*arguments: str) -> str:
    """What the command prints of the line as it is shipped. Exits if it fails."""
    shipped = dict.fromkeys(("IVR_DIRECTORY", "IVR_PROMPTS", "IVR_PUBLIC_URL"))
    result = CliRunner(env=shipped).invoke(command, arguments, catch_exceptions=False)
    if result.exit_code:
        sys.exit(f"ivr {' '.join(arguments)} failed: {result.output}")
    return result.stdout


def with_section(document: str, name: str, content: str) -> str:
    """A document with the content between the markers of a section replaced."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    if not re.search(pattern, document, re.DOTALL):
        sys.exit(f"the section {name} is missing; write <!-- {name} --> and <!-- end of {name} -->")
    return re.sub(
        pattern, lambda found: f"{found[1]}{content}{found[2]}", document, flags=re.DOTALL
    )


def fenced(language: str, text: str) -> str:
    """Text in a fenced block."""
    return f"```{language}\n{text}```\n"


def generated() -> dict[Path, str]:
    """Every generated document, as it should be."""
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    text = with_section(text, "transcript", fenced("", ivr("phone", *CALL)))
    text = with_section(text, "call map", fenced("mermaid", ivr("map")))
    text = with_section(text, "check", fenced("", ivr("check")))
    return {readme: text, ROOT / "docs" / "call-script.md": ivr("script")}


def main() -> None:
    """Write the documents, or with --check compare them."""
    stale = {
        path: text
        for path, text in generated().items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    if "--check" in sys.argv:
        if stale:
            sys.exit(f"stale: {', '.join(path.name for path in stale)}; run: make docs")
        return
    for path, text in stale.items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
