"""How long words take to say. Estimates, for lengths and timelines.

The figures were fitted to synthesised English at its own rate (hibari-tts 0.2.1,
the lines of this project's prompts); `benchmarks/spoken_time.py` prints how far off
they are.
"""

from __future__ import annotations

import re

WORD_SECONDS = 0.3
"""A word, or a digit that stands alone."""

SENTENCE_SECONDS = 0.5
"""The pause at the end of a sentence."""

COMMA_SECONDS = 0.2
"""The pause at a comma."""

WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")
SENTENCE_END = re.compile(r"[.?!:](?=\s|$)")
COMMA = re.compile(r"[,;](?=\s|$)")


def seconds(text: str, pace: int = 100) -> float:
    """Seconds that a text takes to say at `pace` per cent of a voice's own rate."""
    words = len(WORD.findall(text)) * WORD_SECONDS
    sentences = len(SENTENCE_END.findall(text)) * SENTENCE_SECONDS
    commas = len(COMMA.findall(text)) * COMMA_SECONDS
    return (words + sentences + commas) * 100 / pace
