"""Named US holidays, on their day and on the day they are observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import country_holidays

SURVEYED_YEARS = range(2021, 2035)
"""Years whose holidays give the list of names: recent, so none that was abolished."""

OBSERVED = " (observed)"


@cache
def holidays_of(year: int) -> Mapping[date, frozenset[str]]:
    """The US federal holidays of a year by date, observed days under the holiday's own name.

    Complete before anybody sees it: the package's own calendar, filled while it is
    read, is empty for a moment to a second thread.
    """
    calendar = country_holidays("US", language="en_US", observed=True, years=year)
    return {
        day: frozenset(name.removesuffix(OBSERVED) for name in calendar.get_list(day))
        for day in tuple(calendar)
    }


@cache
def known_holidays() -> frozenset[str]:
    """The names that a closure may use, as the `holidays` package writes them."""
    years = (holidays_of(year).values() for year in SURVEYED_YEARS)
    return frozenset(name for year in years for names in year for name in names)


@dataclass(frozen=True)
class HolidayDays:
    """All days on which one holiday falls or is observed."""

    name: str

    def __contains__(self, day: object) -> bool:
        """Whether the holiday falls on this date, or is observed on it."""
        return isinstance(day, date) and self.name in holidays_of(day.year).get(day, ())
