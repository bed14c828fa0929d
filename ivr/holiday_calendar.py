"""Named US holidays, on their day and on the day they are observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

SURVEYED_YEARS = range(2021, 2035)
"""Years whose holidays give the list of names: recent, so none that was abolished."""

OBSERVED = " (observed)"


@cache
def holidays_of(year: int) -> Mapping[date, frozenset[str]]:
    """The US federal holidays of a year by date, observed days under the holiday's own name.

    Complete before anybody sees it: the package's own calendar, filled while it is
    read, is empty for a moment to a second thread.
    """
    from holidays import country_holidays  # noqa: PLC0415 - takes long to import

    calendar = country_holidays("US", language="en_US", observed=True, years=year)
    return {
        day: frozenset(name.removesuffix(OBSERVED) for name in calendar.get_list(day))
        for day in tuple(calendar)
    }


def known_holidays() -> frozenset[str]:
    """The names that a closure may use, as the `holidays` package writes them."""
    return frozenset(name for year in SURVEYED_YEARS for name in names_of(year))


def is_known(holiday: str) -> bool:
    """Whether a closure may use this name; most are found in the first year."""
    return any(holiday in names_of(year) for year in SURVEYED_YEARS)


def names_of(year: int) -> frozenset[str]:
    """The names of a year's holidays."""
    return frozenset().union(*holidays_of(year).values())


@dataclass(frozen=True)
class HolidayDays:
    """All days on which one holiday falls or is observed."""

    name: str

    def __contains__(self, day: object) -> bool:
        """Whether the holiday falls on this date, or is observed on it."""
        return isinstance(day, date) and self.name in holidays_of(day.year).get(day, ())
