"""Days and times in words: weekly hours and next openings as people say them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from line_facts import MONDAY_AT_10, NAVIGATOR, SETTINGS
from test_config import directory_with
from test_hours import CHICAGO, WEEK, WORKDAY, local
from test_webhooks import post

from ivr import create_app
from ivr.call.engine import Utterance
from ivr.call.hours import ALL_DAY, Closure, OfficeHours, Opening, Span
from ivr.call.prompts import Calendar, opening_prompt, spelled
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY, WEEKDAYS, read_directory
from ivr.text.pages import written
from ivr.wording import SHIPPED_PROMPTS

NINE_TO_FIVE = Span(9 * 60, 17 * 60)
MORNING = Span(8 * 60, 12 * 60)
AFTERNOON = Span(13 * 60, 17 * 60)
EVENING = Span(18 * 60, 24 * 60)
NIGHT = Span(0, 7 * 60)


@pytest.fixture
def calendar(line: VoiceLine) -> Calendar:
    """The English one."""
    return line.prompts["en"].calendar


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"),
        (0, 1, "12 01 a.m."),
        (1, 0, "1 a.m."),
        (7, 0, "7 a.m."),
        (8, 55, "8 55 a.m."),
        (9, 5, "9 05 a.m."),
        (11, 0, "11 a.m."),
        (11, 59, "11 59 a.m."),
        (12, 0, "noon"),
        (12, 5, "12 05 p.m."),
        (13, 0, "1 p.m."),
        (19, 30, "7 30 p.m."),
        (22, 0, "10 p.m."),
        (23, 59, "11 59 p.m."),
    ],
)
def test_times_are_said_as_people_say_them(
    calendar: Calendar, hour: int, minute: int, said: str
) -> None:
    """Twelve hours, minutes only where there are some; noon and midnight by their names."""
    assert calendar.time(hour, minute) == said


@given(st.integers(0, 23), st.integers(0, 59))
def test_no_two_times_are_said_alike(line: VoiceLine, hour: int, minute: int) -> None:
    """What is said can be read back as that time and no other; 12 o'clock is never said."""
    said = line.prompts["en"].calendar.time(hour, minute)
    named = {"noon": (12, 0), "midnight": (0, 0)}
    found = re.fullmatch(r"(1[0-2]|[1-9])(?: ([0-5]\d))? ([ap])\.m\.", said)
    assert said in named or found
    if found:
        twelve, minutes, half = int(found[1]), int(found[2] or 0), found[3]
        assert (twelve % 12 + 12 * (half == "p"), minutes) == (hour, minute)
        assert minutes or twelve != 12
    else:
        assert named[said] == (hour, minute)


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (WEEK, "Monday through Friday, from 7 a.m. to 7 p.m."),
        ([[NINE_TO_FIVE]] * 7, "every day, from 9 a.m. to 5 p.m."),
        ([[ALL_DAY]] * 7, "day and night"),
        ([[]] * 7, "at times that I cannot tell you"),
        (
            [[MORNING, AFTERNOON], *[[]] * 6],
            "Monday, from 8 a.m. to noon, and from 1 p.m. to 5 p.m.",
        ),
        (
            [[MORNING, AFTERNOON, EVENING], *[[]] * 6],
            "Monday, from 8 a.m. to noon, from 1 p.m. to 5 p.m., and from 6 p.m. to midnight",
        ),
        (
            [*[WORKDAY] * 4, [MORNING], [], []],
            "Monday through Thursday, from 7 a.m. to 7 p.m., and Friday, from 8 a.m. to noon",
        ),
        (
            [*[[EVENING]] * 3, [MORNING], [], *[[NIGHT]] * 2],
            (
                "Monday through Wednesday, from 6 p.m. to midnight, "
                "Thursday, from 8 a.m. to noon, "
                "and Saturday and Sunday, from midnight to 7 a.m."
            ),
        ),
        (
            [*[[NIGHT, EVENING]] * 5, *[[ALL_DAY]] * 2],
            (
                "Monday through Friday, from midnight to 7 a.m., and from 6 p.m. to midnight, "
                "and Saturday and Sunday, day and night"
            ),
        ),
        ([[], [Span(535, 1022)], *[[]] * 5], "Tuesday, from 8 55 a.m. to 5 02 p.m."),
        (
            [WORKDAY, [], WORKDAY, *[[]] * 4],
            "Monday, from 7 a.m. to 7 p.m., and Wednesday, from 7 a.m. to 7 p.m.",
        ),
        ([*[[]] * 6, [Span(0, 720)]], "Sunday, from midnight to noon"),
    ],
    ids=str,
)
def test_weekly_hours_are_said_as_people_say_them(
    calendar: Calendar, week: list[list[Span]], said: str
) -> None:
    """Equal days in a run, several spans a day, closed days left out, day and night by name."""
    assert calendar.week(OfficeHours(UTC, tuple(map(tuple, week)))) == said


def test_a_line_without_hours_is_there_day_and_night(calendar: Calendar) -> None:
    """No hours at all in the directory are all hours."""
    assert calendar.week(None) == "day and night"


def with_hours(line: VoiceLine, hours: OfficeHours) -> VoiceLine:
    """The line with other hours of its Nurse Navigator."""
    navigator = replace(line.directory.lines["navigator"], hours=hours)
    lines = {**line.directory.lines, "navigator": navigator}
    return replace(line, directory=replace(line.directory, lines=lines))


WEEKS = st.lists(
    st.sampled_from([(), WORKDAY, (ALL_DAY,), (MORNING, AFTERNOON), (NIGHT, EVENING)]),
    min_size=7,
    max_size=7,
)


@given(WEEKS)
def test_a_prompt_with_hours_is_made_of_whole_sentences(
    line: VoiceLine, week: list[tuple[Span, ...]]
) -> None:
    """Whatever the hours, the sentence that names them has words and one full stop."""
    changed = with_hours(line, OfficeHours(UTC, tuple(week)))
    prompts, directory = line.prompts["en"], changed.directory
    hours = prompts.calendar.week(directory.lines["navigator"].hours).removesuffix(".")
    assert hours
    for name in ("unreached-navigator.numbers", "numbers.navigator"):
        assert f" answers {hours}.\n" in spelled(prompts.parts(name, directory))
    assert line.tty is not None
    read = written(line.tty.prompts["en"], directory, Utterance("numbers.navigator"))
    assert f" IT ANSWERS {hours.upper()}. BY TTY: " in read


def test_hours_from_midnight_to_midnight_are_read_from_the_directory(
    tmp_path: Path, calendar: Calendar
) -> None:
    """00:00-24:00 on every day is day and night, and open at any time."""
    path = tmp_path / "directory.toml"
    text = directory_with(tmp_path).read_text("utf-8")
    for day in WEEKDAYS:
        text = re.sub(rf"^{day} = .*$", f'{day} = ["00:00-24:00"]', text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    directory, faults = read_directory(path)
    assert not faults
    assert directory is not None
    hours = directory.lines["navigator"].hours
    assert hours is not None
    assert calendar.week(hours) == "day and night"
    assert all(hours.is_open(MONDAY_AT_10 + timedelta(hours=ahead)) for ahead in range(7 * 24))


# Hours that can't stand as they are written


@pytest.mark.parametrize(
    ("day", "hours", "remedy"),
    [
        (
            "monday",
            "19:00-07:00",
            'Write two spans: "19:00-24:00" here, and "00:00-07:00" under tuesday.',
        ),
        (
            "friday",
            "22:30-00:01",
            'Write two spans: "22:30-24:00" here, and "00:00-00:01" under saturday.',
        ),
        ("tuesday", "08:00-00:00", 'Write "08:00-24:00".'),
    ],
)
def test_hours_past_midnight_are_refused_with_the_two_that_do_it(
    tmp_path: Path, day: str, hours: str, remedy: str
) -> None:
    """A night is written under both of its days, and the fault names both."""
    path = directory_with(tmp_path, (f'{day} = ["07:00-19:00"]', f'{day} = ["{hours}"]'))
    _, faults = read_directory(path)
    assert [str(fault) for fault in faults] == [
        f"directory.toml: navigator: hours: {day}: has hours that go past midnight. {remedy}"
    ]


def test_a_sunday_night_goes_on_under_monday(tmp_path: Path) -> None:
    """The week is a circle; and a closure's night goes on at the next date."""
    path = directory_with(
        tmp_path,
        ("sunday = []", 'sunday = ["19:00-07:00"]'),
        more='\n[[navigator.closures]]\ndate = 2026-12-24\nhours = "17:00-08:00"\n',
    )
    _, faults = read_directory(path)
    under = {fault.remedy.rpartition(" under ")[2] for fault in faults}
    assert under == {"monday.", "the next date."}


@pytest.mark.parametrize(
    "hours", ["07:00-07:00", "24:00-07:00", "07:00-24:30", "7-19", "25:00-26:00"]
)
def test_other_hours_that_cant_be_read_are_refused_with_the_form(
    tmp_path: Path, hours: str
) -> None:
    """No time at all, or no such time: the form is named."""
    path = directory_with(tmp_path, ('monday = ["07:00-19:00"]', f'monday = ["{hours}"]'))
    _, faults = read_directory(path)
    assert [fault.remedy for fault in faults] == ['Write them as "07:00-19:00", up to "24:00".']


# Next openings


def opens(line: VoiceLine, at: str, hours: OfficeHours) -> str:
    """What is said at a local time about when the line opens."""
    opening = hours.next_opening(local(at))
    prompts = line.prompts["en"]
    return spelled(prompts.parts(opening_prompt(opening), line.directory, opening))


def on(day: date) -> OfficeHours:
    """Hours of a line that is closed on all days before this one."""
    return OfficeHours(CHICAGO, (WORKDAY,) * 7, (Closure(lambda other: other < day),))


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, "It opens again today at 7 a.m."),
        (1, "It opens again tomorrow at 7 a.m."),
        (2, "It opens again on Wednesday at 7 a.m."),
        (6, "It opens again on Sunday at 7 a.m."),
        (7, "It opens again on Monday, November 30, at 7 a.m."),
        (8, "It opens again on Tuesday, December 1, at 7 a.m."),
        (38, "It opens again on Thursday, December 31, at 7 a.m."),
        (39, "It opens again on Friday, January 1, at 7 a.m."),
        (365, "It opens again on Tuesday, November 23, at 7 a.m."),
        (366, "It opens again on Wednesday, November 24, at 7 a.m."),
        (367, "I cannot tell you when it opens again."),
    ],
)
def test_an_opening_is_named_by_how_far_off_it_is(line: VoiceLine, ahead: int, said: str) -> None:
    """Today, tomorrow, the weekday within the week, then the date; beyond a year, nothing."""
    hours = on(date(2026, 11, 23) + timedelta(days=ahead))
    assert opens(line, "2026-11-23T03:00", hours) == said


@pytest.mark.parametrize(
    ("start", "today", "tomorrow"),
    [
        (8 * 60 + 55, "today at 8 55 a.m.", "tomorrow at 8 55 a.m."),
        (9 * 60 + 5, "today at 9 05 a.m.", "tomorrow at 9 05 a.m."),
        (11 * 60, "today at 11 a.m.", "tomorrow at 11 a.m."),
        (12 * 60, "today at noon.", "tomorrow at noon."),
        (12 * 60 + 30, "today at 12 30 p.m.", "tomorrow at 12 30 p.m."),
        (22 * 60, "today at 10 p.m.", "tomorrow at 10 p.m."),
        (1, "today at 12 01 a.m.", "tomorrow at 12 01 a.m."),
        (0, "tomorrow at midnight, as the day begins.", "tomorrow at midnight, as the day begins."),
    ],
)
def test_an_opening_is_told_to_the_minute(
    line: VoiceLine, start: int, today: str, tomorrow: str
) -> None:
    """At odd minutes too; at midnight it is said which end of the day is meant."""
    hours = OfficeHours(CHICAGO, ((Span(start, min(start + 60, 1440)),),) * 7)
    assert opens(line, "2026-11-23T00:00", hours) == f"It opens again {today}"
    assert opens(line, "2026-11-23T23:30", hours) == f"It opens again {tomorrow}"


def test_an_opening_after_a_holiday_at_midnight_names_its_day(line: VoiceLine) -> None:
    """A line that is there day and night but on Christmas opens as the day after begins."""
    hours = OfficeHours(
        CHICAGO, ((ALL_DAY,),) * 7, (Closure(lambda day: day == date(2026, 12, 25)),)
    )
    assert hours.is_open(local("2026-12-24T23:59:59"))
    assert not hours.is_open(local("2026-12-25T00:00:00"))
    assert not hours.is_open(local("2026-12-25T23:59:59"))
    assert hours.is_open(local("2026-12-26T00:00:00"))
    said = "It opens again tomorrow at midnight, as the day begins."
    assert opens(line, "2026-12-25T00:00", hours) == said


@pytest.mark.parametrize(
    ("at", "is_open"),
    [("08:54:59", False), ("08:55", True), ("17:01:59", True), ("17:02", False)],
)
def test_hours_at_odd_minutes_begin_and_end_to_the_second(at: str, *, is_open: bool) -> None:
    """8:55 is five minutes before nine, and 17:02 two after five."""
    hours = OfficeHours(CHICAGO, ((Span(535, 1022),),) * 7)
    assert hours.is_open(local(f"2026-11-23T{at}")) is is_open


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_the_next_opening_of_a_day_is_the_minute_it_starts(start: int, minute: int) -> None:
    """For each minute of a day: later today, else tomorrow at that minute."""
    hours = OfficeHours(CHICAGO, ((Span(start, start + 1),),) * 7)
    now = local("2026-12-15T00:00") + timedelta(minutes=minute)
    opening = hours.next_opening(now)
    day = now.date() + timedelta(days=start <= minute)
    at = datetime(day.year, day.month, day.day, start // 60, start % 60, tzinfo=CHICAGO)
    assert opening == Opening(at, int(start <= minute))


# Heard in a call


def test_an_empty_week_breaks_no_call(tmp_path: Path) -> None:
    """Without hours the Nurse Navigator is closed, and whole sentences say so."""
    names = [(f'{day} = ["07:00-19:00"]', f"{day} = []") for day in WEEKDAYS[:5]]
    settings = replace(SETTINGS, directory=directory_with(tmp_path, *names))
    app = create_app(settings, clock=lambda: MONDAY_AT_10)
    closed = said_by(app, "/voice/en/main-menu/1", Digits="2")
    assert "closed now" in closed
    assert "I cannot tell you when it opens again." in closed
    numbers = said_by(app, "/voice/en/unreached/1", Digits="1")
    assert "The Nurse Navigator answers at times that I cannot tell you." in numbers
    assert NAVIGATOR[0][-4:] in numbers


def said_by(app: Flask, path: str, **form: str) -> str:
    """The words of a webhook's answer."""
    root = fromstring(post(path, app, **form).data)
    return " ".join(" ".join("".join(say.itertext()) for say in root.iter("Say")).split())


def test_the_calendars_words_stand_in_the_prompts_file_alone(tmp_path: Path) -> None:
    """Another language can say noon, midnight and the rest in its own words."""
    text = (SHIPPED_PROMPTS / "en.toml").read_text("utf-8")
    for key in ("noon", "midnight", "day_begins", "every_day", "always", "never"):
        words = key.replace("_", " ")
        text = re.sub(rf'^{key} = "[^"]*"', f'{key} = "({words})"', text, flags=re.MULTILINE)
    text = text.replace('and = "{before}, and {last}"', 'and = "{before} (and) {last}"')
    (tmp_path / "en.toml").write_text(text, "utf-8")
    calendar = load_line(SHIPPED_DIRECTORY, tmp_path).prompts["en"].calendar
    said = calendar.week(OfficeHours(UTC, ((MORNING, EVENING),) * 7))
    assert said == "(every day), from 8 a.m. to (noon) (and) from 6 p.m. to (midnight)"
    assert calendar.week(OfficeHours(UTC, ((ALL_DAY,),) * 7)) == "(always)"
    assert calendar.week(OfficeHours(UTC, ((),) * 7)) == "(never)"
    assert calendar.opening_time(local("2026-11-23T00:00")) == "(day begins)"
