"""One language's words: what the line says.

A prompt is text in which each line is one breath and `{...}` names a phone number
or a part of an opening time. Parsed, it is a tuple of parts that every way of
holding the conversation can render: text, digits to be said one by one, pauses.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from ivr.call.hours import ALL_DAY, OfficeHours, Opening, Span
from ivr.call.lines import Directory
from ivr.call.nodes import OPENING_PROMPTS
from ivr.call.understanding import Vocabulary

OPENING_FIELDS = frozenset({"time", "weekday", "month", "day"})
"""What a prompt `opens.*` may name besides the phone numbers."""

GROUP_PAUSE = 300
"""Milliseconds of silence between two groups of a phone number."""

WEEK = 7


@dataclass(frozen=True)
class Text:
    """Words to be said."""

    text: str


@dataclass(frozen=True)
class Digits:
    """A phone number in the groups it is said in, digit by digit."""

    groups: tuple[str, ...]


@dataclass(frozen=True)
class Pause:
    """The short silence between two lines of a prompt."""


Part = Text | Digits | Pause


@dataclass(frozen=True)
class Voice:
    """How the words are said.

    `name` and `language` are the vendor's names; `pace` is the speaking rate in
    per cent of the voice's own, `slow` that of a question's last wording; `pause` the
    silence between lines in milliseconds.
    `rate` is the seconds of a word, and of the silence behind a sentence and a comma, at
    the voice's own pace (None: what is known of the language).
    """

    name: str
    language: str
    pace: int
    slow: int
    pause: int
    rate: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Calendar:
    """How a language says days and times; the patterns take the fields named beside them.

    Noon and midnight have names of their own: 12 a.m. and 12 p.m. should not be used
    (NIST, "Times of Day FAQs"). An opening at midnight says which end of its day is meant.
    """

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    halves: tuple[str, ...]
    noon: str
    midnight: str
    day_begins: str
    hour: str  # {hour} of 12, {hour24}, {half}
    hour_and_minute: str  # the same, and {minute}, two digits
    two_days: str  # {first}, {last}
    days: str  # the same
    every_day: str
    span: str  # {open}, {close}
    and_: str  # {before}, {last}
    hours: str  # {days}, {spans}
    always: str
    never: str

    def time(self, hour: int, minute: int) -> str:
        """A time of day in words."""
        named = {(0, 0): self.midnight, (12, 0): self.noon}.get((hour, minute))
        pattern = self.hour_and_minute if minute else self.hour
        return named or pattern.format(
            hour=hour % 12 or 12,
            hour24=hour,
            minute=f"{minute:02}",
            half=self.halves[hour // 12],
        )

    def opening_time(self, at: datetime) -> str:
        """The time at which a line opens, in words."""
        return self.time(at.hour, at.minute) if at.hour or at.minute else self.day_begins

    def week(self, office: OfficeHours | None) -> str:
        """The weekly hours in words: "Monday through Friday, from 7 a.m. to 7 p.m."."""
        week = office.week if office else ((ALL_DAY,),) * WEEK
        if set(week) == {(ALL_DAY,)}:
            return self.always
        runs = groupby(range(WEEK), key=lambda day: week[day])
        named = [(self._run(tuple(days)), self._day(spans)) for spans, days in runs if spans]
        hours = [self.hours.format(days=days, spans=spans) for days, spans in named]
        return self._and(hours) if hours else self.never

    def _run(self, days: tuple[int, ...]) -> str:
        """Days that follow each other."""
        first, last = self.weekdays[days[0]], self.weekdays[days[-1]]
        pattern = {1: "{first}", 2: self.two_days, WEEK: self.every_day}.get(len(days), self.days)
        return pattern.format(first=first, last=last)

    def _day(self, spans: tuple[Span, ...]) -> str:
        """The hours of one day."""
        return self._and([self._span(span) for span in spans])

    def _span(self, span: Span) -> str:
        if span == ALL_DAY:
            return self.always
        return self.span.format(open=self._at(span.start), close=self._at(span.end))

    def _at(self, minute: int) -> str:
        return self.time(minute // 60 % 24, minute % 60)

    def _and(self, words: Sequence[str]) -> str:
        """Words in a row, the last with an "and"."""
        *before, last = words
        return self.and_.format(before=", ".join(before), last=last) if before else last


@dataclass(frozen=True)
class Prompts:
    """One language: its voice, its words, and the words it understands.

    `keys` has, by prompt, the keys in words that it names by their options; `slow` names
    the prompts that are said slower.
    """

    language: str
    voice: Voice
    calendar: Calendar
    vocabulary: Vocabulary
    texts: Mapping[str, str]
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    slow: frozenset[str] = frozenset()

    def pace(self, prompt: str) -> int:
        """The rate at which a prompt is said, in per cent of the voice's own."""
        return self.voice.slow if prompt in self.slow else self.voice.pace

    def parts(
        self, prompt: str, directory: Directory, opening: Opening | None = None
    ) -> list[Part]:
        """A prompt ready to be rendered.

        Raises KeyError on a prompt that is not there or a field that has no value.
        """
        parts: list[Part] = []
        for index, line in enumerate(self.texts[prompt].splitlines()):
            if index:
                parts.append(Pause())
            for text, name in split(line):
                if literal := _behind(parts, text):
                    parts.append(Text(literal))
                if name is not None:
                    parts.append(self._field(name, prompt, directory, opening))
        return parts

    def names(self, prompt: str) -> frozenset[str]:
        """The fields that a prompt names. Raises KeyError on a prompt that is not there."""
        return fields_of(self.texts[prompt])

    def _field(self, name: str, prompt: str, directory: Directory, opening: Opening | None) -> Part:
        """What a field stands for: words, or a number. Raises KeyError on one without a value."""
        if key := self.keys.get(prompt, {}).get(name):
            return Text(key)
        if name == "operator":
            return Text(directory.operator)
        if opening and name in (words := self._opening_words(opening)):
            return Text(words[name])
        for line, about in directory.lines.items():
            if name == hours_field(line):
                return Text(self.calendar.week(about.hours))
        return Digits(grouped(directory.fields()[name]))

    def _opening_words(self, opening: Opening) -> dict[str, str]:
        at = opening.at
        return {
            "time": self.calendar.opening_time(at),
            "weekday": self.calendar.weekdays[at.weekday()],
            "month": self.calendar.months[at.month - 1],
            "day": str(at.day),
        }


def _behind(parts: Sequence[Part], text: str) -> str:
    """A text behind these parts; its full stop goes where they end in one: "to 7 p.m."."""
    stopped = bool(parts) and isinstance(parts[-1], Text) and parts[-1].text.endswith(".")
    return text.removeprefix(".") if stopped else text


def hours_field(line: str) -> str:
    """The field that stands for a line's weekly hours in words."""
    return f"{line}-hours"


def split(text: str) -> list[tuple[str, str | None]]:
    """Text cut at its fields: pairs of literal text and the field after it (or None).

    Raises ValueError on a brace that does not pair and on a field with a format.
    """
    pieces = list(string.Formatter().parse(text))
    if any(spec or conversion for _, _, spec, conversion in pieces):
        message = "a field is a name in braces, without a format"
        raise ValueError(message)
    return [(literal, field) for literal, field, _, _ in pieces]


def fields_of(text: str) -> frozenset[str]:
    """The fields that a text names. Raises ValueError as `split` does."""
    return frozenset(name for _, name in split(text) if name is not None)


def grouped(number: str) -> tuple[str, ...]:
    """A number in the groups it is said in: 952, 883, 5000; a short code stays whole."""
    north_american = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number)
    if north_american:
        return north_american.groups()
    digits = number.removeprefix("+")
    if len(digits) <= len("9999"):
        return (digits,)
    return tuple(digits[start : start + 3] for start in range(0, len(digits), 3))


def spelled(parts: Iterable[Part]) -> str:
    """A prompt as one reads it on paper: numbers with hyphens, a line for each breath."""
    return "".join(_written(part) for part in parts)


def _written(part: Part) -> str:
    match part:
        case Text(text):
            return text
        case Digits(groups):
            return "-".join(groups)
        case Pause():
            return "\n"


def opening_prompt(opening: Opening | None) -> str:
    """The prompt that says when a line opens: its name depends on how far off that is."""
    today, tomorrow, weekday, on_a_date, unknown = (f"opens.{form}" for form in OPENING_PROMPTS)
    if opening is None:
        return unknown
    if opening.days_ahead >= WEEK:
        return on_a_date
    return {0: today, 1: tomorrow}.get(opening.days_ahead, weekday)
