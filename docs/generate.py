"""Writes what the documents take from the running line: call map, script, transcript.

Run: make docs. With --check nothing is written; a stale document is named, exit 1.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from click.testing import CliRunner

from ivr.__main__ import main as command

ROOT = Path(__file__).parents[1]

CALL = ("--script", "1 busy completed silence")
"""A yes, advice, and a hunt that ends with a nurse."""


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
    sections = {
        ROOT / "README.md": ("transcript", fenced("", ivr("phone", *CALL))),
        ROOT / "docs" / "call-map.md": ("call map", fenced("mermaid", ivr("map"))),
        ROOT / "docs" / "proofs.md": ("check", fenced("", ivr("check"))),
    }
    documents = {
        path: with_section(path.read_text("utf-8"), name, content)
        for path, (name, content) in sections.items()
    }
    return documents | {ROOT / "docs" / "call-wording.md": ivr("wording")}


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
