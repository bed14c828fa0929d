"""How long words take to say. Estimates, for lengths and timelines."""

from __future__ import annotations

import re

WORDS_PER_MINUTE = 150
"""A calm reading pace, pauses at commas and full stops included.

Held against synthesised speech by `benchmarks/spoken.py`; see docs/spoken-time.md.
"""

WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")


def seconds(text: str, pace: int = 100) -> float:
    """Seconds that a text takes at `pace` per cent of a voice's own rate.

    A word is what stands between spaces, so digits written apart count one each.
    """
    return len(WORD.findall(text)) * 60 / WORDS_PER_MINUTE * 100 / pace
