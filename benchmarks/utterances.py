"""How much of what callers say at the questions is understood, and each case that is not.

Run: python benchmarks/utterances.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from spoken_cases import FILES, UNDERSTOOD, Case, cases

from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.wording import SHIPPED_PROMPTS


def main() -> None:
    """Print the figures of each file of cases."""
    line = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS)
    for file in FILES:
        report(file, cases(file), line)


def report(file: str, found: list[Case], line: VoiceLine) -> None:
    """Print how many of each meaning are understood, and what the others are taken for."""
    print(f"{file}: {len(found)} utterances")
    for meaning in UNDERSTOOD:
        meant = [case for case in found if case.meaning == meaning]
        understood = sum(case.is_understood(line) for case in meant)
        share = f", {understood / len(meant):.0%}" if meant else ""
        print(f"  {meaning}: {understood} of {len(meant)}{share}")
    for case in found:
        if not case.is_understood(line):
            taken = case.taken_for(line)
            print(f'    {case.question}: "{case.said}" ({case.meaning}) is taken for: {taken}')
    wrong = [case for case in found if case.meaning != "no" and case.taken_for(line) == "no"]
    print(f"  taken for a no without being one: {len(wrong)}")


if __name__ == "__main__":
    main()
