"""Reads a TOML table key by key and writes down what is wrong instead of stopping."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ivr.config_errors import Fault

T = TypeVar("T")

UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
"""Characters that XML 1.0 forbids, or that nobody can say; no text may hold them."""


def read_toml(path: Path, where: str, remedy: str, faults: list[Fault]) -> dict[str, Any] | None:
    """The document in a TOML file, None (and a fault at `where`) if it can't be read.

    `remedy` is for a file that is missing or not readable.
    """
    content = read_file(path, where, remedy, faults)
    return None if content is None else parsed(content, where, faults)


def read_file(path: Path, where: str, remedy: str, faults: list[Fault]) -> bytes | None:
    """What a file holds, None (and a fault at `where`, with this remedy) if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        faults.append(Fault(where, f"can't be read ({error.strerror})", remedy))
    return None


def parsed(content: bytes, where: str, faults: list[Fault]) -> dict[str, Any] | None:
    """The document that a TOML file holds, None (and a fault at `where`) if it is none."""
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(where, f"is not TOML ({error})", "Mend the file at that place."))
    return None


class Table:
    """One table of a TOML document.

    Each reader returns a value of the right type whatever the file holds; a value
    that is missing or wrong is written to `faults`, which all tables of a document
    share. `no_more` then reports the keys that nobody asked for.
    """

    def __init__(self, where: str, content: Mapping[str, Any], faults: list[Fault]) -> None:
        """Read `content`, which stands at `where` (for the faults)."""
        self.where = where
        self.faults = faults
        self._content = content
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        """Whether the table has this key."""
        return key in self._content

    def fault(self, key: str, what: str, remedy: str) -> None:
        """Write down what is wrong at this key and what to do."""
        self.faults.append(Fault(f"{self.where}: {key}", what, remedy))

    def ignore(self, key: str) -> None:
        """Take a key as asked for."""
        self._asked.add(key)

    def value(self, key: str, kind: type[T], wanted: str) -> T | None:
        """The value at a key, None (and a fault) if it is missing or of another type."""
        self.ignore(key)
        if key not in self._content:
            self.fault(key, "is missing", f"Write {wanted}.")
            return None
        value = self._content[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            self.fault(key, "is of the wrong kind", f"Write {wanted}.")
            return None
        return value

    def truth(self, key: str) -> bool:
        """The truth value at a key, false (and a fault) if there is none."""
        self.ignore(key)
        value = self._content.get(key)
        if not isinstance(value, bool):
            self.fault(key, "is of the wrong kind", "Write true or false.")
        return value is True

    def text(self, key: str, pattern: re.Pattern[str] | None = None, wanted: str = "") -> str:
        """The text at a key, checked against a pattern; "" if there is none."""
        wanted = wanted or "a text that is not empty"
        value = self.value(key, str, wanted)
        if value is not None and not self._fits(value, pattern):
            self.fault(key, "can't be used", f"Write {wanted}.")
        return value or ""

    def texts(
        self, key: str, pattern: re.Pattern[str] | None = None, wanted: str = "texts"
    ) -> tuple[str, ...]:
        """The list of texts at a key; what is faulty in it is left out."""
        values = self.value(key, list, f"a list of {wanted}") or []
        good = tuple(text for text in values if isinstance(text, str) and self._fits(text, pattern))
        if len(good) < len(values):
            self.fault(key, "holds an entry that can't be used", f"Write {wanted}.")
        return good

    def whole_number(self, key: str, low: int, high: int) -> int:
        """The whole number at a key, `low` if there is none; a fault if it is out of range."""
        wanted = f"a whole number from {low} to {high}"
        value = self.value(key, int, wanted)
        if value is not None and not low <= value <= high:
            self.fault(key, "is out of range", f"Write {wanted}.")
        return low if value is None else value

    def number(self, key: str, low: float, high: float) -> float:
        """The number at a key, `low` if there is none; a fault if it is out of range."""
        wanted = f"a number from {low:g} to {high:g}"
        value = self.value(key, object, wanted)
        if isinstance(value, int | float) and low <= value <= high:
            return float(value)
        if value is not None:
            self.fault(key, "is no number in range", f"Write {wanted}.")
        return low

    def table(self, key: str) -> Table:
        """The table at a key, an empty one (and a fault) if it is missing."""
        found: Mapping[str, Any] = self.value(key, dict, f"the table [{key}]") or {}
        return Table(f"{self.where}: {key}", found, self.faults)

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of a list at a key; none if the key is not there."""
        if key not in self:
            return
        for index, entry in enumerate(self.value(key, list, "a list of tables") or [], start=1):
            if isinstance(entry, dict):
                yield Table(f"{self.where}: {key} {index}", entry, self.faults)
            else:
                self.fault(f"{key} {index}", "is not a table", f"Write it under [[{key}]].")

    def holds_table(self, key: str) -> bool:
        """Whether the value at a key is a table."""
        return isinstance(self._content.get(key), dict)

    def keys(self) -> frozenset[str]:
        """All keys of the table."""
        return frozenset(self._content)

    def no_more(self) -> None:
        """Report every key that no reader asked for."""
        known = ", ".join(sorted(self._asked))
        for key in sorted(self.keys() - self._asked):
            self.fault(key, "is not a known key", f"Known here: {known}.")

    @staticmethod
    def _fits(text: str, pattern: re.Pattern[str] | None) -> bool:
        fits = pattern.fullmatch(text) if pattern else text.strip()
        return bool(fits) and not UNSPEAKABLE.search(text)
