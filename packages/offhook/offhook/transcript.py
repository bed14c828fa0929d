"""A call as one reads it: who did what, and when."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from offhook.event_table import record, row, sentence
from offhook.events import CALLER, Ended, Event, Listening, Requested, Said, Typed

WIDTH = 88
LABEL = 6

TOGETHER = "\u00a0"
"""A space at which no line is broken; a terminal, and who copies from it, gets a plain one."""


@dataclass(frozen=True)
class Moment:
    """An event, and when it was: seconds since the call began, on its own clock."""

    at: float
    event: Event

    def as_json(self) -> dict[str, object]:
        """The event's name, when it was, and its fields."""
        return {**record(self.event), "at": round(self.at, 2)}

    def as_told(self) -> dict[str, object]:
        """The same, with whose the event is, and the sentence that tells it."""
        told = {"who": row(self.event).who, "sentence": sentence(self.event)}
        return self.as_json() | told


def transcript(identity: Mapping[str, str], moments: Sequence[Moment]) -> str:
    """A whole call, with the time of each line."""
    lines = [f"{identity['From']} calls {identity['To']}"]
    for moment in moments:
        lines += [f"{moment.at:7.1f}  {line}" for line in readable_lines(moment.event)]
    return "\n".join(lines)


def readable_lines(event: Event) -> list[str]:
    """An event in one line or more; none for what goes without saying."""
    lines: list[str] = []
    for label, text in _labelled(event):
        indent = " " * (LABEL + 1)
        filled = textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
        lines += f"{label:<{LABEL}}{filled[LABEL:]}".replace(TOGETHER, " ").splitlines()
    return lines


def _labelled(event: Event) -> Iterator[tuple[str, str]]:
    leg = getattr(event, "leg", CALLER)
    mark = "" if leg == CALLER else "*"  # what another leg than the caller's hears and does
    label = row(event).label
    match event:
        case Said(text, seconds):
            first, *more = text.splitlines() or [""]
            yield label + mark, f"{first} ({seconds:.0f}{TOGETHER}s)"
            yield from (("", line) for line in more)
        case Typed(text, "you"):
            yield "you", f"type {text}" if text.strip() else "press the space bar"
        case Requested(status=status, purpose=purpose):
            if purpose not in {"voice", "action"} or status != OK:
                yield label, sentence(event)
        case Ended(reason):
            yield label, reason
        case Listening():
            return
        case _:
            yield label + mark, sentence(event)


OK = 200
