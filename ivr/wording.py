"""Reads the prompts files: one TOML file a language, every word a caller hears or may say.

A file is held against what the table plays and listens for: each prompt and each
word list has to be there, and none of them may be empty or name a field that does
not exist. What is there and never used is for `ivr check` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ivr.call.lines import LINES
from ivr.call.nodes import Number
from ivr.call.prompts import (
    OPENING_FIELDS,
    WEEK,
    Calendar,
    Prompts,
    Voice,
    hours_field,
    split,
)
from ivr.call.speech import Speech, plain
from ivr.call.understanding import FIELD, PART, Vocabulary, parts_of
from ivr.faults import Fault
from ivr.tables import Table, read_toml

PACKAGE = Path(__file__).parent
_PACKAGED = PACKAGE / "prompts"
SHIPPED_PROMPTS = _PACKAGED if _PACKAGED.is_dir() else PACKAGE.parent / "prompts"
"""In the wheel the prompts lie inside the package, in a checkout beside it."""

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language tag (BCP 47), as it stands in file names and URLs."""

NUMBER_FIELDS = frozenset(f"{line}-{number.value}" for line in LINES for number in Number)
FIELDS = NUMBER_FIELDS | {hours_field(line) for line in LINES} | {"emergency", "relay"}

HINT_LIMIT = 100
"""Characters that Twilio takes in one hint to its recogniser."""

MONTHS = 12
HALVES = 2


@dataclass(frozen=True)
class Wording:
    """One language: what is heard and said, and what is read and typed on a TTY."""

    voice: Prompts
    tty: Prompts


@dataclass(frozen=True)
class Needed:
    """The names of the prompts and of the word lists that a table needs.

    `extra` are those of the word lists that it listens for if they are there.
    """

    prompts: frozenset[str]
    words: frozenset[str]
    extra: frozenset[str] = frozenset()


def read_prompts(
    folder: Path, voice: Needed, tty: Needed
) -> tuple[dict[str, Wording], list[Fault]]:
    """Every language of a folder by its tag, and everything that is wrong with them.

    A TTY reads the voice's words, but for those that the file's `tty` table has for it.
    """
    faults: list[Fault] = []
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        remedy = "Let IVR_PROMPTS name a folder with a file such as en.toml, or leave it out."
        return {}, [Fault(str(folder), "has no prompts file", remedy)]
    languages = {}
    for path in paths:
        document = _document(path, faults)
        if document is not None:
            languages[path.stem] = _language(path, document, voice, tty, faults)
    return languages, faults


def _document(path: Path, faults: list[Fault]) -> Mapping[str, Any] | None:
    if not LANGUAGE.fullmatch(path.stem):
        remedy = "Name the file after its language, such as en.toml."
        faults.append(Fault(path.name, "is not named after a language", remedy))
        return None
    return read_toml(path, path.name, "Make the file readable.", faults)


def _language(
    path: Path,
    document: Mapping[str, Any],
    voice: Needed,
    tty: Needed,
    faults: list[Fault],
) -> Wording:
    root = Table(path.name, document, faults)
    heard = Prompts(
        language=path.stem,
        voice=_voice(root.table("voice")),
        calendar=_calendar(root.table("calendar")),
        vocabulary=Vocabulary(
            _phrases(root.table("words"), voice.words), _speech(root.table("speech"))
        ),
        texts=_texts(root.table("prompts"), voice.prompts),
    )
    wording = Wording(heard, _on_tty(root.table("tty"), heard, tty))
    root.no_more()
    return wording


def _on_tty(table: Table, heard: Prompts, needed: Needed) -> Prompts:
    """What is read on a TTY: the file's own words for it, else those that are heard."""
    texts, phrases = heard.texts, heard.vocabulary.phrases
    own = _texts(table.table("prompts"), needed.prompts - texts.keys())
    also = _phrases(table.table("words"), needed.words - phrases.keys())
    table.no_more()
    common = {name: text for name, text in texts.items() if name in needed.prompts}
    parts = {name for name in phrases if name.startswith(PART)}
    listed = (phrases.keys() & (needed.words | needed.extra)) | parts | also.keys()
    return replace(
        heard,
        texts=common | own,
        vocabulary=Vocabulary(
            {name: phrases.get(name, ()) + also.get(name, ()) for name in sorted(listed)},
            heard.vocabulary.speech,
        ),
    )


def _voice(table: Table) -> Voice:
    voice = Voice(
        name=table.text("name"),
        language=table.text("language"),
        pace=table.whole_number("pace", 50, 150),
        pause=table.whole_number("pause", 0, 3000),
    )
    table.no_more()
    return voice


def _calendar(table: Table) -> Calendar:
    calendar = Calendar(
        weekdays=_names(table, "weekdays", WEEK),
        months=_names(table, "months", MONTHS),
        halves=_names(table, "halves", HALVES),
        noon=_pattern(table, "noon", set()),
        midnight=_pattern(table, "midnight", set()),
        day_begins=_pattern(table, "day_begins", set()),
        hour=_pattern(table, "hour", {"hour", "hour24", "half"}),
        hour_and_minute=_pattern(table, "hour_and_minute", {"hour", "hour24", "half", "minute"}),
        two_days=_pattern(table, "two_days", {"first", "last"}),
        days=_pattern(table, "days", {"first", "last"}),
        every_day=_pattern(table, "every_day", set()),
        span=_pattern(table, "span", {"open", "close"}),
        and_=_pattern(table, "and", {"before", "last"}),
        hours=_pattern(table, "hours", {"days", "spans"}),
        always=_pattern(table, "always", set()),
        never=_pattern(table, "never", set()),
    )
    table.no_more()
    return calendar


def _names(table: Table, key: str, count: int) -> tuple[str, ...]:
    names = table.texts(key)
    if len(names) != count:
        table.fault(key, f"has {len(names)} entries", f"Write {count} names.")
    return names


def _pattern(table: Table, key: str, fields: set[str]) -> str:
    text = table.text(key)
    _check_fields(table, key, text, frozenset(fields))
    return text


def _phrases(table: Table, needed: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The lists of phrases of a table and of the tables in it, by dotted name."""
    phrases = {name: _plain_texts(table, name) for name in sorted(needed - table.keys())}
    for key in sorted(table.keys()):
        if table.holds_table(key):
            inner = table.table(key)
            own = {name: _plain_texts(inner, name) for name in sorted(inner.keys())}
            phrases |= {f"{key}.{name}": found for name, found in own.items()}
        else:
            phrases[key] = _plain_texts(table, key)
    return {name: _with_parts(table, name, phrases) for name in phrases}


def _with_parts(table: Table, name: str, phrases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The phrases of a list whose parts have lists; the others are faults."""
    whole = []
    for phrase in phrases[name]:
        parts = set(parts_of(phrase))
        missing = sorted(part for part in parts if PART + part not in phrases)
        if missing:
            remedy = f"Write the list {PART}{missing[0]}."
            table.fault(name, f'has "{phrase}", and no list for {{{missing[0]}}}', remedy)
        elif parts and name.startswith(PART):
            table.fault(name, f'has "{phrase}", a part in a part', "Write it out.")
        else:
            whole.append(phrase)
    return tuple(whole)


def _speech(table: Table) -> Speech:
    speech = Speech(
        spellings=_by_name(table.table("spellings")),
        hesitations=_plain_texts(table, "hesitations"),
        articles=_plain_texts(table, "articles"),
        titles=_plain_texts(table, "titles"),
        padding=_plain_texts(table, "padding"),
        joins=_plain_texts(table, "joins"),
        negations=_plain_texts(table, "negations"),
        turns=_plain_texts(table, "turns"),
        leads=_plain_texts(table, "leads"),
        figures=_by_name(table.table("figures")),
        ordinals=_by_name(table.table("ordinals")),
    )
    table.no_more()
    return speech


def _by_name(table: Table) -> dict[str, tuple[str, ...]]:
    return {name: _plain_texts(table, name) for name in sorted(table.keys())}


def _plain_texts(table: Table, name: str) -> tuple[str, ...]:
    """A list of phrases as they are heard; a field in one stands for others."""
    phrases = table.texts(name)
    for phrase in phrases:
        heard = FIELD.sub("field", phrase)
        if heard != plain(heard):
            remedy = f'Write it as "{plain(heard)}": lower case, no punctuation, no apostrophe.'
            table.fault(name, f'has "{phrase}", which can never be heard', remedy)
        if len(phrase) > HINT_LIMIT:
            table.fault(
                name, f"has a phrase of {len(phrase)} letters", f"Use {HINT_LIMIT} at most."
            )
    if name in table and not phrases:
        table.fault(name, "is empty", "Write at least one phrase.")
    return phrases


def _texts(table: Table, prompts: frozenset[str]) -> dict[str, str]:
    texts = dict(_flat(table))
    for name, text in texts.items():
        has_opening = name.startswith("opens.") and name != "opens.unknown"
        allowed = FIELDS | OPENING_FIELDS if has_opening else FIELDS
        _check_fields(table, name, text, allowed)
    for name in sorted(prompts - texts.keys()):
        table.fault(name, "is missing", "Write the words for it.")
    return texts


def _flat(table: Table, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The prompts of a table and of the tables in it, by dotted name."""
    for key in sorted(table.keys()):
        if table.holds_table(key):
            yield from _flat(table.table(key), f"{prefix}{key}.")
        else:
            yield prefix + key, table.text(key)


def _check_fields(table: Table, key: str, text: str, allowed: frozenset[str]) -> None:
    try:
        used = {field for _, field in split(text) if field is not None}
    except ValueError:
        table.fault(key, "has a brace that can't be read", "Pair it; a field is {name}, no more.")
        return
    for field in sorted(used - allowed):
        known = ", ".join(sorted(allowed)) or "none"
        table.fault(key, f"names {{{field}}}, which does not exist", f"Known here: {known}.")
