"""What becomes of answers that are keyed on a TTY: accepted, asked again, or wrong.

Run: python benchmarks/tty_answers.py

Menus: 600 callers a condition type a digit or a word, most of them with GA, each key by
hand. Red flags: whole runs of the six questions, each answered, and confirmed where it is
read back, at 3 % of frames lost.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "packages" / "ttymodem" / "tests"))

from keyed_answers import chosen, option_chosen
from keyed_text import Line

from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.wording import SHIPPED_PROMPTS

CALLERS = 600
CALLS = 1000
MENU = {
    "1": "symptoms",
    "2": "benefits",
    "3": "self-care",
    "4": "numbers",
    "NURSE": "nurse",
    "BENEFITS": "benefits",
    "SELF CARE": "self-care",
    "NUMBERS": "numbers",
}
ANSWERS = {"YES": "yes", "NO": "no", "NOT SURE": "not-sure", "1": "yes", "2": "no", "3": "not-sure"}
ATTEMPTS = 3
WITHOUT_GA = 0.3


def tty() -> VoiceLine:
    """The part of the line that is for a TTY."""
    line = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS).tty
    assert line is not None  # noqa: S101 - tells the type
    return line


def menu(line: Line, seed: int) -> Counter[str]:
    """How many answers at the main menu were accepted, asked again, or wrong."""
    chances, table, counts = np.random.default_rng(seed), tty(), Counter[str]()
    for _ in range(CALLERS):
        typed = str(chances.choice(list(MENU)))
        ending = "" if chances.random() < WITHOUT_GA else " GA"
        found = chosen(table, "main-menu", typed + ending, line, chances)
        counts["asked again" if found is None else _right(found == MENU[typed])] += 1
    return counts


def _right(right: bool) -> str:  # noqa: FBT001 - it is the question
    return "accepted" if right else "wrong"


def red_flags(calls: int, seed: int) -> Counter[str]:
    """What counted in calls at 3 % loss: right answers, wrong ones, and none."""
    chances, table, counts = np.random.default_rng(seed), tty(), Counter[str]()
    line = Line(snr=20, loss=0.03)
    for _ in range(calls):
        for flag in RED_FLAGS:
            typed = str(chances.choice(list(ANSWERS)))
            counts[_counted(table, flag.name, typed, line, chances)] += 1
    return counts


def _counted(
    table: VoiceLine, flag: str, typed: str, line: Line, chances: np.random.Generator
) -> str:
    """A question is answered; what is read back is confirmed if it was read rightly."""
    for _ in range(ATTEMPTS):
        found = option_chosen(table, flag, f"{typed} GA", line, chances)
        if found is None or found.words not in ANSWERS.values():
            continue
        right = found.words == ANSWERS[typed]
        if not found.key:
            return f"{_right(right)}, at once"
        reply = "YES" if right else "NO"
        confirmed = chosen(table, f"{flag}-{found.words}", f"{reply} GA", line, chances)
        if confirmed == "yes":
            return f"{_right(right)}, confirmed"
    return "none"


def main() -> None:
    """Print both tables."""
    print(f"menu answers, {CALLERS} callers a condition")
    conditions = (Line(), Line(10), Line(5), Line(0), Line(20, 0.01), Line(20, 0.03))
    with ProcessPoolExecutor(2) as pool:
        for line, counts in zip(
            conditions, pool.map(menu, conditions, range(len(conditions))), strict=True
        ):
            shares = "  ".join(
                f"{name} {100 * counts[name] / CALLERS:5.2f} %"
                for name in ("accepted", "asked again", "wrong")
            )
            print(f"  {line.snr:4g} dB SNR, {100 * line.loss:g} % of frames lost: {shares}")
        began = time.monotonic()
        halves = pool.map(red_flags, [CALLS // 2] * 2, (101, 102))
        total = sum(halves, Counter[str]())
    print(f"red flags, {CALLS:,} calls of {len(RED_FLAGS)} questions, 3 % of frames lost:")
    print("  " + ", ".join(f"{name} {count:,}" for name, count in total.most_common()))
    print(f"  {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
