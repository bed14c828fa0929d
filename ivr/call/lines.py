"""The phone lines as the call sees them: numbers to dial, and when they are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.call.hours import OfficeHours
from ivr.call.nodes import Number

CARELINE = "careline"
NAVIGATOR = "navigator"
LINES = (NAVIGATOR, CARELINE)


class Detection(StrEnum):
    """When the voice line listens for somebody who types on a TTY."""

    ALWAYS = "always"
    ON_SILENCE = "on-silence"
    OFF = "off"


@dataclass(frozen=True)
class PhoneLine:
    """One service: its numbers in E.164 form, and its office hours (None: 24/7)."""

    numbers: Mapping[Number, str]
    hours: OfficeHours | None = None


@dataclass(frozen=True)
class Directory:
    """Every number the line dials, names or is reached on.

    `emergency` and `relay` are named to callers, never dialled: a carrier refuses
    x11 numbers. `tty_numbers` are those on which TTY calls arrive; `tty_detection`
    says when a call on another number is listened to for one.
    """

    lines: Mapping[str, PhoneLine]
    language: str = "en"
    emergency: str = "911"
    relay: str = "711"
    tty_numbers: frozenset[str] = field(default_factory=frozenset)
    tty_detection: Detection = Detection.ON_SILENCE

    def number(self, line: str, number: Number) -> str:
        """The number to dial, in E.164 form."""
        return self.lines[line].numbers[number]

    def is_tty_number(self, dialled: str) -> bool:
        """Whether a call to this number comes from a TTY.

        True for the line's own TTY numbers and for the services' ones, in case
        those are pointed at this line.
        """
        return dialled in self.tty_numbers or any(
            dialled == line.numbers[Number.TTY] for line in self.lines.values()
        )

    def fields(self) -> dict[str, str]:
        """The numbers that a prompt may name, by field name (`careline-local`)."""
        named = {
            f"{name}-{number.value}": dialled
            for name, line in self.lines.items()
            for number, dialled in line.numbers.items()
        }
        return named | {"emergency": self.emergency, "relay": self.relay}
