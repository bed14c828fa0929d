"""Office hours, at the minutes and on the days where they are easily wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.call.hours import Closure, OfficeHours, Opening, Span
from ivr.config import VoiceLine
from ivr.directory import SHIPPED_DIRECTORY, read_directory

CHICAGO = ZoneInfo("America/Chicago")
WORKDAY = (Span(7 * 60, 19 * 60),)
WEEK = (*[WORKDAY] * 5, (), ())
HOURS = OfficeHours(CHICAGO, WEEK)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def opens(text: str, hours: OfficeHours = HOURS) -> str | None:
    opening = hours.next_opening(local(text))
    return f"{opening.at:%Y-%m-%d %H:%M} in {opening.days_ahead}" if opening else None


@pytest.fixture
def with_closures(tmp_path: Path) -> OfficeHours:
    """The shipped directory with a holiday, a New Year, a day off and a half day added."""
    path = tmp_path / "directory.toml"
    path.write_text(
        SHIPPED_DIRECTORY.read_text(encoding="utf-8")
        + """
        [[navigator.closures]]
        holiday = "Thanksgiving Day"
        [[navigator.closures]]
        holiday = "New Year's Day"
        [[navigator.closures]]
        holiday = "Independence Day"
        [[navigator.closures]]
        date = 2026-11-30
        [[navigator.closures]]
        date = 2026-12-24
        hours = "12:00-24:00"
        [[navigator.closures]]
        date = 2026-12-23
        hours = "12:00-13:00"
        """,
        encoding="utf-8",
    )
    directory, faults = read_directory(path)
    assert not faults
    assert directory is not None
    hours = directory.lines["navigator"].hours
    assert hours is not None
    return hours


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23T06:59:59", False),
        ("2026-11-23T07:00:00", True),
        ("2026-11-23T18:59:59", True),
        ("2026-11-23T19:00:00", False),
        ("2026-11-21T12:00:00", False),
        ("2026-11-22T12:00:00", False),
    ],
)
def test_the_hours_begin_and_end_to_the_second(line: VoiceLine, at: str, *, is_open: bool) -> None:
    """Open from 7:00:00 to 18:59:59 on weekdays, as the directory says."""
    hours = line.directory.lines["navigator"].hours
    assert hours is not None
    assert hours.is_open(local(at)) is is_open


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        ("2026-03-06T12:59:59+00:00", False),  # the Friday before the clocks go forward
        ("2026-03-06T13:00:00+00:00", True),
        ("2026-03-09T11:59:59+00:00", False),  # the Monday after
        ("2026-03-09T12:00:00+00:00", True),
        ("2026-10-30T11:59:59+00:00", False),  # the Friday before they go back
        ("2026-10-30T12:00:00+00:00", True),
        ("2026-11-02T12:59:59+00:00", False),  # the Monday after
        ("2026-11-02T13:00:00+00:00", True),
        ("2026-11-03T00:59:59+00:00", True),
        ("2026-11-03T01:00:00+00:00", False),
    ],
)
def test_7_am_stays_7_am_when_the_clocks_change(utc: str, *, is_open: bool) -> None:
    """The hours follow the wall clock through both changes of daylight saving time."""
    assert HOURS.is_open(datetime.fromisoformat(utc)) is is_open


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-03-07T12:00", "2026-03-09T12:00:00+00:00"),
        ("2026-10-31T12:00", "2026-11-02T13:00:00+00:00"),
    ],
)
def test_the_next_opening_is_right_across_a_change_of_clocks(at: str, opening: str) -> None:
    """The opening after a weekend on which the clocks change is at 7 by the wall clock."""
    found = HOURS.next_opening(local(at))
    assert found is not None
    assert found.at.astimezone(UTC) == datetime.fromisoformat(opening)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-23T03:00", "2026-11-23 07:00 in 0"),
        ("2026-11-23T19:00", "2026-11-24 07:00 in 1"),
        ("2026-11-20T19:00", "2026-11-23 07:00 in 3"),
        ("2026-11-22T23:59:59", "2026-11-23 07:00 in 1"),
    ],
)
def test_the_next_opening_is_the_first_one(at: str, opening: str) -> None:
    """Today before opening, tomorrow after closing, Monday after Friday."""
    assert opens(at) == opening


def test_without_any_hours_there_is_no_opening() -> None:
    """A line that never opens is closed, and no opening is invented."""
    never = OfficeHours(CHICAGO, ((),) * 7)
    assert not never.is_open(local("2026-11-23T12:00"))
    assert never.next_opening(local("2026-11-23T12:00")) is None


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-26T10:00", False),  # Thanksgiving, the fourth Thursday
        ("2026-11-25T10:00", True),
        ("2026-07-03T10:00", False),  # the 4th is a Saturday: observed on Friday
        ("2027-07-05T10:00", False),  # the 4th is a Sunday: observed on Monday
        ("2027-12-31T10:00", False),  # New Year 2028 is a Saturday: observed in the old year
        ("2026-01-01T10:00", False),
        ("2026-11-30T10:00", False),  # a day off
        ("2026-12-24T11:59:59", True),  # a half day
        ("2026-12-24T12:00:00", False),
        ("2026-12-23T11:59:59", True),  # an hour
        ("2026-12-23T12:30", False),
        ("2026-12-23T13:00", True),
    ],
)
def test_closures_close(with_closures: OfficeHours, at: str, *, is_open: bool) -> None:
    """Holidays on their own and their observed days, whole days and parts of days close."""
    assert with_closures.is_open(local(at)) is is_open


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-25T20:00", "2026-11-27 07:00 in 2"),  # over Thanksgiving
        ("2026-11-27T20:00", "2026-12-01 07:00 in 4"),  # over a weekend and a day off
        ("2026-12-23T12:30", "2026-12-23 13:00 in 0"),  # after the hour
        ("2026-12-24T12:00", "2026-12-25 07:00 in 1"),
    ],
)
def test_closures_move_the_next_opening(with_closures: OfficeHours, at: str, opening: str) -> None:
    """The next opening is not on a closed day, and comes after a part-day closure."""
    assert opens(at, with_closures) == opening


def test_a_naive_time_is_refused() -> None:
    """A clock without a zone is never taken for a local one."""
    with pytest.raises(ValueError, match="aware"):
        HOURS.is_open(datetime(2026, 11, 23, 12))  # noqa: DTZ001 - the naive time is the point


SPANS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda s: s[0] < s[1])


@given(SPANS, SPANS, st.integers(0, 1439))
def test_a_cut_span_holds_what_the_cut_left(
    whole: tuple[int, int], cut: tuple[int, int], minute: int
) -> None:
    """A minute is in what is left exactly if it is in the span and not in the cut."""
    left = Span(*whole).without(Span(*cut))
    is_left = whole[0] <= minute < whole[1] and not cut[0] <= minute < cut[1]
    assert any(span.start <= minute < span.end for span in left) is is_left


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(INSTANTS)
def test_the_line_is_open_when_it_says_it_opens(now: datetime) -> None:
    """At the next opening the line is open, and the day is as far ahead as is said."""
    day_off = Closure(lambda day: day == date(2026, 12, 25))
    hours = OfficeHours(CHICAGO, WEEK, (day_off,))
    opening = hours.next_opening(now)
    assert isinstance(opening, Opening)
    assert opening.at > now
    assert hours.is_open(opening.at)
    today = now.astimezone(CHICAGO).date()
    assert (opening.at.date() - today).days == opening.days_ahead
