"""How long words take to say. Estimates, for timelines.

The figures were fitted to synthesised speech at its own rate: English to hibari-tts 0.2.1 on
the prompts of a phone line; Spanish to Pico's es-ES (py-nanotts 0.1.1) on fifteen
sentences of a phone menu.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Rate:
    """Seconds of a word (or a digit that stands alone), and of the pauses behind it."""

    word: float
    sentence: float
    comma: float


RATES = {"en": Rate(0.3, 0.5, 0.2), "es": Rate(0.32, 1.15, 0.0)}
"""What is known, by language."""

WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")
SENTENCE_END = re.compile(r"[.?!:](?=\s|$)")
COMMA = re.compile(r"[,;](?=\s|$)")


def rate_of(language: str) -> Rate | None:
    """What is known of a language, a tag such as `es-MX` of which the first part counts."""
    return RATES.get(language.partition("-")[0].lower())


@lru_cache(maxsize=4096)  # prompts are few, and said again and again
def seconds(text: str, pace: int = 100, language: str = "en", rate: Rate | None = None) -> float:
    """Seconds that a text takes to say at `pace` per cent of a voice's own rate.

    `rate` is the language's, if it is known better; an unknown language is taken for English.
    """
    rate = rate or rate_of(language) or RATES["en"]
    words = len(WORD.findall(text)) * rate.word
    sentences = len(SENTENCE_END.findall(text)) * rate.sentence
    commas = len(COMMA.findall(text)) * rate.comma
    return (words + sentences + commas) * 100 / pace
