"""What a `<Say>` says, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from offhook.interpreter.speech_rate import seconds

BREATH = 0.35
"""Seconds of silence from which on what follows is shown on a line of its own."""

ONE_BY_ONE = frozenset(("digits", "characters", "spell-out", "telephone"))
"""What `say-as` is told so that each character is a word of its own."""

STRENGTH_SECONDS = {"none": 0.0, "x-weak": 0.0, "weak": 0.1, "medium": 0.3, "strong": 0.5}
"""Pauses of a `<break>` by its strength; x-strong is longer. Estimates."""

LONGEST_BREAK = 10.0
"""Seconds that a break lasts at most. Source: Twilio's list of SSML tags."""

FULL_PACE = 100


@dataclass(frozen=True)
class SpeechSegment:
    """A piece of what is said: as it is shown, as it is spoken, at which pace; or a pause."""

    shown: str
    said: str
    pace: int = FULL_PACE
    pause: float = 0.0
    language: str = "en"

    @property
    def seconds(self) -> float:
        """How long it lasts, estimated from its words."""
        return self.pause + seconds(self.said, self.pace, self.language)


def spoken(say: Element) -> tuple[str, float]:
    """What a `<Say>` says, a line for each breath, and how many seconds that takes."""
    parts = list(spoken_parts(say, language=say.get("language", "en")))
    return shown(parts), sum(part.seconds for part in parts)


def shown(parts: list[SpeechSegment]) -> str:
    """What is said, as it is to be read: a line for each breath."""
    lines = "".join(part.shown for part in parts).splitlines()
    tidy = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in tidy if line)


def spoken_parts(
    element: Element, pace: int = FULL_PACE, language: str = "en"
) -> Iterator[SpeechSegment]:
    """The pieces of an element, in the order of the document."""
    if element.tag == "break":
        length = _break_seconds(element)
        yield SpeechSegment("\n" if length >= BREATH else " ", "", pause=length)
    language = element.get("xml:lang", language)
    rate = element.get("rate", "")
    if element.tag == "prosody" and rate.endswith("%") and rate[:-1].isdecimal():
        pace = max(int(rate[:-1]), 1)
    text = element.get("alias") or element.text or ""
    apart = " ".join(text) if element.get("interpret-as") in ONE_BY_ONE else text
    if text:
        yield SpeechSegment(text, apart, pace, language=language)
    for child in element:
        yield from spoken_parts(child, pace, language)
        if child.tail:
            yield SpeechSegment(child.tail, child.tail, pace, language=language)


def _break_seconds(element: Element) -> float:
    time = element.get("time", "")
    unit, scale = ("ms", 1000) if time.endswith("ms") else ("s", 1)
    try:
        length = float(time.removesuffix(unit)) / scale
    except ValueError:
        length = STRENGTH_SECONDS.get(element.get("strength", "medium"), 1.0)
    return min(max(length, 0.0), LONGEST_BREAK)
