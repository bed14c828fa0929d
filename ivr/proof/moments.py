"""Moments at which a line sounds different to a caller."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from ivr.call.hours import OfficeHours
from ivr.call.lines import NAVIGATOR
from ivr.call.prompts import opening_prompt
from ivr.config import VoiceLine
from ivr.proof.explore import REFERENCE

SEARCHED = 366 * 4
"""Quarters of days, a year of them, in which moments are looked for that sound different."""


class Moment(datetime):
    """A time that knows whether it was looked at in a zone, as office hours are."""

    looked_at = False

    def astimezone(self, tz: tzinfo | None = None) -> Moment:
        """The same moment in a zone."""
        self.looked_at = True
        return super().astimezone(tz)


def moments(line: VoiceLine) -> tuple[datetime, ...]:
    """Moments that sound different to a caller: open, and closed until each kind of opening.

    A day with a closure sounds like others, and is a moment of its own.
    """
    hours = line.directory.lines[NAVIGATOR].hours
    if hours is None:
        return (REFERENCE,)
    found: dict[tuple[object, ...], datetime] = {}
    for quarter in range(SEARCHED):
        now = REFERENCE.astimezone(UTC) + quarter * timedelta(hours=6)
        found.setdefault(_sounds_as(hours, now), now)
    open_first = sorted(found, key=lambda key: key[0] is not True)
    return tuple(found[key] for key in open_first)


def _sounds_as(hours: OfficeHours, now: datetime) -> tuple[object, ...]:
    if hours.is_open(now):
        return (True,)
    day = now.astimezone(hours.zone).date()
    is_closure = hours.spans(day) != hours.week[day.weekday()]
    return (False, opening_prompt(hours.next_opening(now)), is_closure)
