"""The phone lines as the call sees them: numbers to dial, and when they are open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.call.hours import OfficeHours
from ivr.call.nodes import Number

CARELINE = "careline"
NAVIGATOR = "navigator"
LINES = (NAVIGATOR, CARELINE)

PHONE_NUMBER = re.compile(
    r"""
      \+1 8(?:00|33|44|55|66|77|88) (?!911) [2-9][0-9]{6}    # toll free
    | \+1 (?!.11) [2-9][0-8][0-9]   (?!.11) [2-9][0-9]{6}    # area code, exchange, line
    | \+[2-9] [0-9]{7,14}                                    # any other country
    """,
    re.VERBOSE,
)
"""A number that somebody can have: + and 8 to 15 digits (ITU-T E.164).

In North America they are always 11: neither area code nor exchange begins with 0 or 1,
no area code has 9 in its middle, and N11 (211 to 911) is neither, but that toll-free
numbers have exchanges such as 411 (North American Numbering Plan).
"""


class Detection(StrEnum):
    """When the voice line listens for somebody who types on a TTY."""

    ALWAYS = "always"
    ON_SILENCE = "on-silence"
    OFF = "off"


@dataclass(frozen=True)
class PhoneLine:
    """One service: its numbers in E.164 form, and its office hours (None: 24/7).

    `accept`: who picks up by voice is asked to press 1 before the caller is put through,
    so that no machine counts as a nurse. `has_menu`: a menu of its own picks up.
    """

    numbers: Mapping[Number, str]
    hours: OfficeHours | None = None
    accept: bool = False
    has_menu: bool = False


@dataclass(frozen=True)
class Directory:
    """Every number the line dials, names or is reached on.

    `operator` is whose line this is, in words. `emergency`, `relay` and `crisis` are named to
    callers, never dialled: a carrier refuses short numbers. `tty_numbers` are those on which
    TTY calls arrive; `tty_detection` says when a call on another number is listened to for one,
    and `tty_always` on which of them that is from the first second.
    `tty_level` is how loud we send, `burst_level` how loud the burst is that others hear, too:
    in dBFS of a tone's peak.
    """

    lines: Mapping[str, PhoneLine]
    operator: str
    language: str = "en"
    emergency: str = "911"
    relay: str = "711"
    crisis: str = "988"
    tty_numbers: frozenset[str] = field(default_factory=frozenset)
    tty_detection: Detection = Detection.ON_SILENCE
    tty_always: frozenset[str] = field(default_factory=frozenset)
    tty_level: float = -16.0
    burst_level: float = -22.0

    def number(self, line: str, number: Number) -> str:
        """The number to dial, in E.164 form."""
        return self.lines[line].numbers[number]

    def warnings(self) -> Iterator[str]:
        """What is no fault, and may still lose callers."""
        for name, line in self.lines.items():
            if line.accept and line.has_menu:
                yield (
                    f"[{name}] has accept = true and menu = true: a menu presses no key, so "
                    "nobody is put through; leave accept out, or name numbers without a menu"
                )

    def asks_to_accept(self, line: str, number: Number) -> bool:
        """Whether who picks up on this number is asked first; never on a TTY."""
        return self.lines[line].accept and number is not Number.TTY

    def is_tty_number(self, dialled: str) -> bool:
        """Whether a call to this number comes from a TTY.

        True for the line's own TTY numbers and for the services' ones, in case
        those are pointed at this line.
        """
        return dialled in self.tty_numbers or any(
            dialled == line.numbers[Number.TTY] for line in self.lines.values()
        )

    def detection_on(self, dialled: str) -> Detection:
        """When a call to this number is listened to for somebody who types."""
        always = dialled in self.tty_always and self.tty_detection is not Detection.OFF
        return Detection.ALWAYS if always else self.tty_detection

    def fields(self) -> dict[str, str]:
        """The numbers that a prompt may name, by field name (`careline-local`)."""
        named = {
            f"{name}-{number.value}": dialled
            for name, line in self.lines.items()
            for number, dialled in line.numbers.items()
        }
        short = {"emergency": self.emergency, "relay": self.relay, "crisis": self.crisis}
        return named | short
