"""Reads the directory file: the phone lines, their numbers, hours and closures.

Everything wrong with a file is reported at once. A key that is not known is a
fault too: a misspelt closure must not leave a closed line open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.call.hours import ALL_DAY, DAY, Closure, OfficeHours, Span
from ivr.call.lines import (
    CARELINE,
    LINES,
    NAVIGATOR,
    PHONE_NUMBER,
    Detection,
    Directory,
    PhoneLine,
)
from ivr.call.nodes import Number
from ivr.config_errors import Fault
from ivr.holiday_calendar import HolidayDays, is_known, known_holidays
from ivr.tables import Table, read_toml
from ttymodem.baudot import unsendable

SHIPPED_DIRECTORY = Path(__file__).with_name("directory.toml")

SHORT_CODE = re.compile(r"[0-9]{3}")
LONGEST_NAME = 60
OPERATOR = re.compile(rf"(?=.*\w).{{1,{LONGEST_NAME}}}")
"""A name on one line; the greeting has to stay short."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LEVELS = (-34.0, -6.0)
"""dBFS of a sent tone's peak, softest and loudest.

At -34 spandsp's modem does not hear it any more; a TTY sends at -16 to -12.
"""

SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def read_directory(path: Path) -> tuple[Directory | None, list[Fault]]:
    """The directory in a TOML file, or None and everything that is wrong with it."""
    faults: list[Fault] = []
    remedy = "Let IVR_DIRECTORY name a readable file, or leave it out for the shipped one."
    document = read_toml(path, str(path), remedy, faults)
    if document is None:
        return None, faults
    root = Table(path.name, document, faults)
    directory = _directory(root)
    return (None if faults else directory), faults


def _directory(root: Table) -> Directory:
    own = root.table("line")
    lines = {name: _line(root.table(name), name) for name in LINES}
    directory = Directory(
        lines=lines,
        operator=_operator(own),
        language=own.text("language"),
        emergency=own.text("emergency", SHORT_CODE, "three digits, such as 911"),
        relay=own.text("relay", SHORT_CODE, "three digits, such as 711"),
        crisis=own.text("crisis", SHORT_CODE, "three digits, such as 988"),
        tty_numbers=frozenset(
            own.texts("tty_numbers", PHONE_NUMBER, "numbers such as +19525550171")
        ),
        tty_detection=_detection(own),
        tty_always=frozenset(_always(own)),
        **_levels(own),
    )
    own.no_more()
    root.no_more()
    dialled = {number for line in lines.values() for number in line.numbers.values()}
    if directory.tty_numbers & dialled:
        own.fault(
            "tty_numbers", "holds a number that the line dials", "Name your own numbers only."
        )
    return directory


def _operator(table: Table) -> str:
    """Whose line it is, in words that a voice can say and a TTY can show."""
    name = table.text("operator", OPERATOR, f"a name of at most {LONGEST_NAME} characters")
    unknown = unsendable(name)
    if unknown:
        what = f"has {' '.join(unknown)}, which TTYs can't show, or not alike"
        table.fault("operator", what, "Write it in letters.")
    return name


def _detection(table: Table) -> Detection:
    text = table.text("tty_detection") if "tty_detection" in table else Detection.ON_SILENCE
    if text not in set(Detection):
        remedy = f"Write one of: {', '.join(Detection)}."
        table.fault("tty_detection", "is not known", remedy)
        return Detection.OFF
    return Detection(text)


def _always(table: Table) -> Iterable[str]:
    wanted = "numbers such as +19525550100"
    return table.texts("tty_always", PHONE_NUMBER, wanted) if "tty_always" in table else ()


def _levels(table: Table) -> dict[str, float]:
    """How loud tones are, where the file says it."""
    levels = ("tty_level", "burst_level")
    return {key: table.number(key, *LEVELS) for key in levels if key in table}


def _line(table: Table, name: str) -> PhoneLine:
    what = "a number such as +19525550100"
    numbers = {number: table.text(number.name.lower(), PHONE_NUMBER, what) for number in Number}
    hours = None
    if name == NAVIGATOR:
        hours = _hours(table.table("hours"), tuple(_closures(table)))
    else:
        _check_careline(table, numbers)
    accept, has_menu = _flag(table, "accept"), _flag(table, "menu")
    table.no_more()
    return PhoneLine(numbers, hours, accept, has_menu)


def _flag(table: Table, key: str) -> bool:
    return key in table and table.truth(key)


def _check_careline(table: Table, numbers: Mapping[Number, str]) -> None:
    if "hours" in table:
        table.ignore("hours")
        table.fault("hours", f"the {CARELINE} never closes", "Take the hours out.")
    if numbers[Number.LOCAL] and numbers[Number.LOCAL] == numbers[Number.TOLL_FREE]:
        remedy = "Write a second number: a call that comes in on one is put through to the other."
        table.fault("toll_free", "is the local number again", remedy)


def _hours(table: Table, closures: tuple[Closure, ...]) -> OfficeHours:
    days = zip(WEEKDAYS, (*WEEKDAYS[1:], WEEKDAYS[0]), strict=True)
    week = tuple(_spans(table, day, tomorrow) for day, tomorrow in days)
    zone = _zone(table)
    table.no_more()
    return OfficeHours(zone, week, closures)


def _zone(table: Table) -> ZoneInfo:
    name = table.text("zone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        table.fault("zone", "is no time zone", 'Write one such as "America/Chicago".')
        return ZoneInfo("UTC")


def _spans(table: Table, key: str, tomorrow: str) -> tuple[Span, ...]:
    spans = sorted(_span(table, key, text, tomorrow) for text in table.texts(key))
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        table.fault(key, "has hours that overlap", "Write each hour of the day once.")
    return tuple(spans)


def _span(table: Table, key: str, text: str, tomorrow: str) -> Span:
    """The hours in a text; `tomorrow` names where those of the day after would stand."""
    match = SPAN.fullmatch(text)
    if match:
        hour, minute, end_hour, end_minute = map(int, match.groups())
        span = Span(hour * 60 + minute, end_hour * 60 + end_minute)
        if span.start < span.end <= DAY:
            return span
        if span.end < span.start < DAY:
            table.fault(key, "has hours that go past midnight", _two_spans(text, tomorrow))
            return ALL_DAY
    table.fault(key, "has hours that can't be read", 'Write them as "07:00-19:00", up to "24:00".')
    return ALL_DAY


def _two_spans(text: str, tomorrow: str) -> str:
    opens, closes = text.split("-")
    today = f'"{opens}-24:00"'
    if closes == "00:00":
        return f"Write {today}."
    return f'Write two spans: {today} here, and "00:00-{closes}" under {tomorrow}.'


def _closures(table: Table) -> Iterator[Closure]:
    for entry in table.tables("closures"):
        yield _closure(entry)
        entry.no_more()


def _closure(entry: Table) -> Closure:
    span = ALL_DAY
    if "hours" in entry:
        span = _span(entry, "hours", entry.text("hours"), "the next date")
    if "holiday" in entry:
        name = entry.text("holiday")
        if not is_known(name):
            choices = ", ".join(sorted(known_holidays()))
            entry.fault("holiday", "is no US holiday that is known", f"Write one of: {choices}.")
        return Closure(HolidayDays(name).__contains__, span)
    day = entry.value("date", date, "a date such as 2026-12-24")
    if isinstance(day, datetime):
        entry.fault("date", "has a time of day", "Write the date alone; the hours go into `hours`.")
    return Closure(lambda other: other == day, span)
