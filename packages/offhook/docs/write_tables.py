"""Writes what the documents take from the simulator: its verbs, and what can be assumed.

Run: make docs. With --check nothing is written; a stale document is named, exit 1.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import fields
from pathlib import Path

from offhook.event_table import TABLE
from offhook.interpreter.options import Options
from offhook.interpreter.schema import VERBS

ROOT = Path(__file__).parents[1]


def with_section(document: str, name: str, content: str) -> str:
    """A document with the content between the markers of a section replaced."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    if not re.search(pattern, document, re.DOTALL):
        sys.exit(f"the section {name} is missing; write <!-- {name} --> and <!-- end of {name} -->")
    return re.sub(
        pattern, lambda found: f"{found[1]}{content}{found[2]}", document, flags=re.DOTALL
    )


def generated() -> dict[Path, str]:
    """Every generated document, as it should be."""
    simulator = ROOT / "docs" / "simulator.md"
    about = with_section(simulator.read_text("utf-8"), "options", options_table())
    about = with_section(about, "events", events_table())
    return {simulator: with_section(about, "verbs", verbs_table())}


def events_table() -> str:
    """Every event as `--json` has it."""
    rows = []
    for event, row in TABLE.items():
        names = ", ".join(f"`{each.name}`" for each in fields(event))
        rows.append(f"| `{row.name}` | {names} | {row.sentence} |")
    return "\n".join(["| event | fields | told as |", "|---|---|---|", *rows]) + "\n"


def options_table() -> str:
    """What can be assumed of Twilio."""
    rows = [
        f"| `{each.name}` | {_shown(each.default)} | {each.metadata['what']} |"
        for each in fields(Options)
    ]
    return "\n".join(["| name | default | what |", "|---|---|---|", *rows]) + "\n"


def _shown(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else f"{default:g}"


def verbs_table() -> str:
    """Every verb with its attributes: default, whether it is run, which test holds it."""
    covered = covers()
    lines = ["| verb, attribute | default | run | test |", "|---|---|---|---|"]
    for tag, verb in VERBS.items():
        lines.append(_row(f"**{tag}**", "", verb.run, verb.note, covered.get(tag, "")))
        lines += [
            _row(
                name,
                attribute.default,
                verb.run and attribute.run,
                attribute.note,
                covered.get(f"{tag}.{name}", ""),
            )
            for name, attribute in verb.attributes.items()
        ]
    return "\n".join(lines) + "\n"


def _row(name: str, default: str, run: bool, note: str, test: str) -> str:  # noqa: FBT001 - a row
    words = "; ".join(filter(None, ["yes" if run else "no", note]))
    code = [f"`{text}`" if text else "" for text in (default, test)]
    return f"| {name} | {code[0]} | {words} | {code[1]} |"


def covers() -> dict[str, str]:
    """Which test holds which verb and attribute, as the tests themselves say."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests").glob("test_verbs_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if (
                isinstance(node, ast.AnnAssign)
                and ast.unparse(node.target) == "COVERS"
                and node.value
            ):
                found |= ast.literal_eval(node.value)
    return found


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
