"""Named US holidays, on their day and on the day they are observed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import HolidayBase, country_holidays

SURVEYED_YEARS = range(2021, 2035)
"""Years whose holidays give the list of names: recent, so none that was abolished."""

OBSERVED = " (observed)"


@cache
def us_holidays() -> HolidayBase:
    """The calendar of US federal holidays; it works each year out when first asked."""
    return country_holidays("US", language="en_US", observed=True)


@cache
def known_holidays() -> frozenset[str]:
    """The names that a closure may use, as the `holidays` package writes them."""
    survey = country_holidays("US", language="en_US", observed=True, years=SURVEYED_YEARS)
    return frozenset(name.removesuffix(OBSERVED) for day in survey for name in survey.get_list(day))


@dataclass(frozen=True)
class HolidayDays:
    """All days on which one holiday falls or is observed."""

    name: str

    def __contains__(self, day: object) -> bool:
        """Whether the holiday falls on this date, or is observed on it."""
        names = us_holidays().get_list(day) if isinstance(day, date) else []
        return self.name in names or self.name + OBSERVED in names
