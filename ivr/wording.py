"""Reads the prompts files: one TOML file a language, every word a caller hears or may say.

A file is held against what the table plays and listens for: each prompt and each
word list has to be there, and none of them may be empty or name a field that does
not exist. A prompt names the keys by their options, which have to be offered where it
is played; a prompt that callers depend on has to name what they need; a TTY has to be
able to show what it reads. What is there and never used is for `ivr check` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.call.keys import Places
from ivr.call.lines import LINES
from ivr.call.nodes import Number
from ivr.call.prompts import (
    OPENING_FIELDS,
    WEEK,
    Calendar,
    Prompts,
    Voice,
    fields_of,
    hours_field,
    split,
)
from ivr.call.speech import Speech, plain
from ivr.call.understanding import FIELD, PART, Vocabulary, parts_of
from ivr.config_errors import Fault
from ivr.tables import Table, parsed, read_file
from ttymodem.baudot import unsendable

PACKAGE = Path(__file__).parent
_PACKAGED = PACKAGE / "prompts"
SHIPPED_PROMPTS = _PACKAGED if _PACKAGED.is_dir() else PACKAGE.parent / "prompts"
"""In the wheel the prompts lie inside the package, in a checkout beside it."""

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language tag (BCP 47), as it stands in file names and URLs."""

NUMBER_FIELDS = frozenset(f"{line}-{number.value}" for line in LINES for number in Number)
NAMED_FIELDS = frozenset(("emergency", "relay", "crisis", "operator"))
FIELDS = NUMBER_FIELDS | NAMED_FIELDS | {hours_field(line) for line in LINES}

HINT_LIMIT = 100
"""Characters that Twilio takes in one hint to its recogniser."""

MONTHS = 12
HALVES = 2


@dataclass(frozen=True)
class PromptsFile:
    """A prompts file: its language, and what it holds."""

    language: str
    content: bytes

    @property
    def name(self) -> str:
        """The file's name, for faults."""
        return f"{self.language}.toml"


@dataclass(frozen=True)
class Wording:
    """One language: what is heard and said, and what is read and typed on a TTY."""

    voice: Prompts
    tty: Prompts


@dataclass(frozen=True)
class Needed:
    """What a table needs: the names of its prompts and of its word lists.

    `extra` are the word lists that it listens for if they are there; `places` are where
    prompts are played, with the keys there; `fields` what some of them must name; `slow`
    those that are said slower.
    """

    prompts: frozenset[str]
    words: frozenset[str]
    extra: frozenset[str]
    places: Places
    fields: Mapping[str, frozenset[str]]
    slow: frozenset[str] = frozenset()


@dataclass(frozen=True)
class KeyNames:
    """How a language names keys.

    `signs` has the words for * and #. A key that stands behind one of the words `press` in a
    prompt was written by hand.
    """

    signs: Mapping[str, str]
    press: tuple[str, ...]

    def spoken(self, key: str) -> str:
        """A key in words; a digit stays one."""
        return self.signs.get(key, key)

    def by_hand(self, text: str) -> str:
        """The first key in a text that no field stands for, "" if there is none."""
        pressed = [rf"\b{re.escape(word)}\s+[0-9*#]" for word in self.press]
        signs = [rf"\b{re.escape(sign)}\b" for sign in self.signs.values() if sign]
        found = re.search("|".join([*pressed, *signs]) or "$.", text, re.IGNORECASE)
        return found[0] if found else ""


def prompts_files(folder: Path) -> tuple[tuple[PromptsFile, ...], list[Fault]]:
    """The prompts files of a folder, and what keeps them from being read."""
    faults: list[Fault] = []
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        remedy = "Let IVR_PROMPTS name a folder with a file such as en.toml, or leave it out."
        faults.append(Fault(str(folder), "has no prompts file", remedy))
    files = [_prompts_file(path, faults) for path in paths]
    return tuple(file for file in files if file), faults


def _prompts_file(path: Path, faults: list[Fault]) -> PromptsFile | None:
    if not LANGUAGE.fullmatch(path.stem):
        remedy = "Name the file after its language, such as en.toml."
        faults.append(Fault(path.name, "is not named after a language", remedy))
        return None
    content = read_file(path, path.name, "Make the file readable.", faults)
    return None if content is None else PromptsFile(path.stem, content)


def read_prompts(
    files: Iterable[PromptsFile], voice: Needed, tty: Needed
) -> tuple[dict[str, Wording], list[Fault]]:
    """Every language of these files by its tag, and everything that is wrong with them.

    A TTY reads the voice's words, but for those that the file's `tty` table has for it.
    """
    faults: list[Fault] = []
    languages = {}
    for file in files:
        document = parsed(file.content, file.name, faults)
        if document is not None:
            root = Table(file.name, document, faults)
            languages[file.language] = _language(file.language, root, voice, tty)
    return languages, faults


def _language(language: str, root: Table, voice: Needed, tty: Needed) -> Wording:
    prompts, names = root.table("prompts"), _key_names(root.table("keys"))
    texts = _texts(prompts, voice, voice.prompts)
    heard = Prompts(
        language=language,
        voice=_voice(root.table("voice")),
        calendar=_calendar(root.table("calendar")),
        vocabulary=Vocabulary(
            _phrases(root.table("words"), voice.words), _speech(root.table("speech"))
        ),
        texts=texts,
        keys=_keys(prompts, texts, voice.places, names),
        slow=voice.slow,
    )
    _check_hands(prompts, texts, names)
    wording = Wording(heard, _on_tty(root.table("tty"), prompts, heard, tty, names))
    root.no_more()
    return wording


def _on_tty(
    table: Table, prompts: Table, heard: Prompts, needed: Needed, names: KeyNames
) -> Prompts:
    """What is read on a TTY: the file's own words for it, else those that are heard."""
    texts, phrases = heard.texts, heard.vocabulary.phrases
    own_prompts = table.table("prompts")
    own = _texts(own_prompts, needed, needed.prompts - texts.keys())
    also = _phrases(table.table("words"), needed.words - phrases.keys())
    table.no_more()
    shared = needed.prompts - own.keys()
    common = {name: text for name, text in texts.items() if name in shared}
    for where, shown in ((prompts, common), (own_prompts, own)):
        _check_shown(where, shown)
    _check_shared(prompts, {name: heard.keys.get(name, {}) for name in common}, needed.places)
    parts = {name for name in phrases if name.startswith(PART)}
    listed = (phrases.keys() & (needed.words | needed.extra)) | parts | also.keys()
    return replace(
        heard,
        texts=common | own,
        vocabulary=Vocabulary(
            {name: phrases.get(name, ()) + also.get(name, ()) for name in sorted(listed)},
            heard.vocabulary.speech,
        ),
        keys=_keys(own_prompts, common | own, needed.places, names),
    )


def _key_names(table: Table) -> KeyNames:
    names = KeyNames({"*": table.text("star"), "#": table.text("pound")}, table.texts("press"))
    _check_shown(table, {"star": names.signs["*"], "pound": names.signs["#"]})
    if "press" in table and not names.press:
        table.fault("press", "is empty", "Write the words that stand before a key.")
    table.no_more()
    return names


def _voice(table: Table) -> Voice:
    voice = Voice(
        name=table.text("name"),
        language=table.text("language"),
        pace=table.whole_number("pace", 50, 150),
        slow=table.whole_number("slow", 50, 150),
        pause=table.whole_number("pause", 0, 3000),
        rate=_rate(table.table("rate")) if "rate" in table else None,
    )
    if voice.slow > voice.pace:
        table.fault("slow", "is faster than the pace", "Write the pace, or less.")
    table.no_more()
    return voice


def _rate(table: Table) -> tuple[float, float, float]:
    word, sentence, comma = (table.number(key, 0, 3) for key in ("word", "sentence", "comma"))
    table.no_more()
    return word, sentence, comma


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
    _check_shown(table, {key: " ".join(names)})
    return names


def _pattern(table: Table, key: str, fields: set[str]) -> str:
    text = table.text(key)
    _check_fields(table, key, text, frozenset(fields))
    _check_shown(table, {key: text})
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


def _texts(table: Table, needed: Needed, prompts: frozenset[str]) -> dict[str, str]:
    """The prompts of a table; those of `prompts` have to be there."""
    texts = dict(_flat(table))
    for name, text in texts.items():
        has_opening = name.startswith("opens.") and name != "opens.unknown"
        allowed = (
            FIELDS
            | _offered(needed.places, name)
            | (OPENING_FIELDS if has_opening else frozenset())
        )
        used = _check_fields(table, name, text, allowed)
        for field in sorted(needed.fields.get(name, frozenset()) - used):
            table.fault(name, f"does not name {{{field}}}", f"Write {{{field}}} where it is said.")
    for name in sorted(prompts - texts.keys()):
        table.fault(name, "is missing", "Write the words for it.")
    return texts


def _keys(
    table: Table, texts: Mapping[str, str], places: Places, names: KeyNames
) -> dict[str, dict[str, str]]:
    """The keys that each prompt names, in words; a fault where it is not the same everywhere."""
    found: dict[str, dict[str, str]] = {}
    for prompt, text in texts.items():
        at = places.get(prompt, {})
        for option in sorted(_fields(text) & _offered(places, prompt)):
            keys = {offered.get(option, ""): node for node, offered in reversed([*at.items()])}
            if len(keys) > 1:
                where = ", ".join(f"{key or 'no key'} at {node}" for key, node in keys.items())
                remedy = "Give it one key wherever this is played, or say it in another prompt."
                table.fault(prompt, f"names {{{option}}}, which is {where}", remedy)
            found.setdefault(prompt, {})[option] = names.spoken(max(keys))
    return found


def _offered(places: Places, prompt: str) -> frozenset[str]:
    """The options that have a key wherever a prompt is played."""
    return frozenset(option for offered in places.get(prompt, {}).values() for option in offered)


def _check_shared(table: Table, keys: Mapping[str, Mapping[str, str]], places: Places) -> None:
    """Keys that a prompt names by voice, and that a caller on a TTY, who reads it too, has not."""
    for prompt, named in keys.items():
        for option in sorted(named.keys() - _offered(places, prompt)):
            remedy = "Give TTYs a prompt of their own under [tty.prompts]."
            table.fault(prompt, f"names {{{option}}}, which a TTY is not offered there", remedy)


def _check_hands(table: Table, texts: Mapping[str, str], names: KeyNames) -> None:
    """Keys that were written by hand: only the table knows what a key does."""
    for prompt, text in texts.items():
        if key := names.by_hand(text):
            remedy = "Name the option in braces, such as {nurse}: the table has its key."
            table.fault(prompt, f'has "{key}" written by hand', remedy)


def _check_shown(table: Table, texts: Mapping[str, str]) -> None:
    """Characters that Baudot has not, or that TTYs show differently."""
    for name, text in texts.items():
        literal = "".join(piece for piece, _ in _split(text))
        if unknown := unsendable(literal):
            what = f"has {' '.join(unknown)}, which a TTY can't show, or not every TTY alike"
            remedy = "Write it in words, or give TTYs a prompt of their own under [tty.prompts]."
            table.fault(name, what, remedy)


def _flat(table: Table, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The prompts of a table and of the tables in it, by dotted name."""
    for key in sorted(table.keys()):
        if table.holds_table(key):
            yield from _flat(table.table(key), f"{prefix}{key}.")
        else:
            yield prefix + key, table.text(key)


def _check_fields(table: Table, key: str, text: str, allowed: frozenset[str]) -> frozenset[str]:
    """The fields that a text names; what is wrong with them is written down."""
    try:
        used = fields_of(text)
    except ValueError:
        table.fault(key, "has a brace that can't be read", "Pair it; a field is {name}, no more.")
        return frozenset()
    for field in sorted(used - allowed):
        known = ", ".join(sorted(allowed)) or "none"
        table.fault(key, f"names {{{field}}}, which does not exist", f"Known here: {known}.")
    return used


def _fields(text: str) -> frozenset[str]:
    return frozenset(field for _, field in _split(text) if field is not None)


def _split(text: str) -> list[tuple[str, str | None]]:
    """The pieces of a text, none if its braces can't be read: that is said elsewhere."""
    try:
        return split(text)
    except ValueError:
        return []
