"""What is wrong: in the configuration, all of it at once with remedies; in a call, its place."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


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


def described(error: Exception) -> str:
    """An error by its type and place alone: its message could hold a caller's data."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
