"""Office hours: is a line open at this instant, and when does it open next.

Times are wall-clock times in the line's own zone, so both changes of daylight
saving time leave "7 a.m." where callers expect it. A span includes its first
minute and excludes its last: 7:00-19:00 is closed at 19:00:00.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

DAY = 24 * 60
"""Minutes in a wall-clock day."""

HORIZON = 366
"""Days ahead in which an opening is looked for: a year, leap day included."""


@dataclass(frozen=True, order=True)
class Span:
    """A part of a day, in minutes after midnight: `start` in, `end` out."""

    start: int
    end: int

    def without(self, other: Span) -> tuple[Span, ...]:
        """What is left of this span when the other is cut out of it."""
        before = Span(self.start, min(self.end, other.start))
        after = Span(max(self.start, other.end), self.end)
        return tuple(span for span in (before, after) if span.start < span.end)


ALL_DAY = Span(0, DAY)


@dataclass(frozen=True)
class Closure:
    """An exception to the weekly hours: the days it applies to, and the hours it closes."""

    applies: Callable[[date], bool]
    span: Span = ALL_DAY


@dataclass(frozen=True)
class Opening:
    """When a line opens next: the local moment, and how many days ahead its day is."""

    at: datetime
    days_ahead: int


@dataclass(frozen=True)
class OfficeHours:
    """Weekly hours (`week[0]` is Monday's spans) in a zone, less the closures."""

    zone: tzinfo
    week: tuple[tuple[Span, ...], ...]
    closures: tuple[Closure, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """Whether the line is open at this instant. Raises ValueError if it is naive."""
        local = self._local(now)
        minute = local.hour * 60 + local.minute
        return any(span.start <= minute < span.end for span in self.spans(local.date()))

    def next_opening(self, now: datetime) -> Opening | None:
        """The first opening after this instant, None if there is none within a year."""
        local = self._local(now)
        minute = local.hour * 60 + local.minute
        for ahead in range(HORIZON + 1):
            day = local.date() + timedelta(days=ahead)
            for span in self.spans(day):
                if ahead or span.start > minute:
                    at = time(span.start // 60, span.start % 60)
                    return Opening(datetime.combine(day, at, self.zone), ahead)
        return None

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours of one day, in order, with that day's closures cut out."""
        spans = self.week[day.weekday()]
        for closure in self.closures:
            if closure.applies(day):
                spans = tuple(left for span in spans for left in span.without(closure.span))
        return tuple(sorted(spans))

    def _local(self, now: datetime) -> datetime:
        if now.utcoffset() is None:
            message = "the clock gave a time without a zone; it must give an aware datetime"
            raise ValueError(message)
        return now.astimezone(self.zone)
