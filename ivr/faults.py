"""What is wrong with the configuration: all of it at once, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where it is, what it is, what to do about it."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """The fault on one line."""
        return f"{self.where}: {self.what}. {self.remedy}"


class ConfigError(Exception):
    """The line can't start as it is configured; `faults` holds everything that is wrong."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Gather the faults into one message, a line each."""
        self.faults = tuple(faults)
        count = len(self.faults)
        heading = f"the line can't start: {count} fault{'' if count == 1 else 's'}"
        super().__init__("\n  - ".join([heading, *map(str, self.faults)]))
