"""A call as one reads it: who did what, and when."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from offhook.events import (
    CALLER,
    Answered,
    Bridged,
    Dequeued,
    Ended,
    Event,
    Interrupted,
    KeySent,
    LegEnded,
    Played,
    Pressed,
    Queued,
    Recorded,
    Requested,
    Ringing,
    Said,
    Spoke,
    StayedSilent,
    Streaming,
    Texted,
    Typed,
    Unheard,
    Waited,
    Warned,
)

WIDTH = 88
LABEL = 6


@dataclass(frozen=True)
class Moment:
    """An event, and when it was: seconds since the call began, on its own clock."""

    at: float
    event: Event

    def as_json(self) -> dict[str, object]:
        """The event's name, when it was, and its fields."""
        name = type(self.event).__name__.lower()
        return {"event": name, "at": round(self.at, 2), **asdict(self.event)}


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
        lines += f"{label:<{LABEL}}{filled[LABEL:]}".splitlines()
    return lines


def _labelled(event: Event) -> Iterator[tuple[str, str]]:
    leg = getattr(event, "leg", CALLER)
    mark = "" if leg == CALLER else "*"  # what another leg than the caller's hears and does
    match event:
        case Said(text, seconds):
            first, *more = text.splitlines() or [""]
            yield f"line{mark}", f"{first} ({seconds:.0f}\u00a0s)"
            yield from (("", line) for line in more)
        case Warned(code, message, remedy, place):
            where = f" ({place})" if place else ""
            yield "warns", f"{code or 'note'}: {message}{where}. {remedy}"
        case Typed(text, by):
            own = f"type {text}" if text.strip() else "press the space bar"
            yield ("you", own) if by == "you" else ("tty", text)
        case Streaming(name, url, opened):
            yield "audio", f"{name} {'opened' if opened else 'closed'}, at {url}"
        case Requested(method, path, status, purpose):
            if purpose not in {"voice", "action"} or status != OK:
                yield "hook", f"{purpose}: {method} {path}, {status or 'no answer'}"
        case _:
            found = _LINES.get(type(event))
            if found is not None:
                label, text = found
                yield label + mark, text.format(**asdict(event))


OK = 200

_LINES: Mapping[type, tuple[str, str]] = {
    Answered: ("leg", "{number}: answered"),
    Bridged: ("talk", "with {number}"),
    Dequeued: ("queue", "{queue}: {result}"),
    Ended: ("end", "{reason}"),
    Interrupted: ("cut", "after {seconds:g} s"),
    LegEnded: ("leg", "{number}: {status}"),
    Played: ("plays", "{what}"),
    Pressed: ("you", "press {keys}"),
    Queued: ("queue", "{queue}, place {place}"),
    Recorded: ("tape", "{seconds:g} s, {url}"),
    Ringing: ("dials", "{number}, as {caller_id}, for up to {seconds:g} s"),
    Spoke: ("you", 'say "{words}"'),
    StayedSilent: ("you", "say nothing for {seconds:g} s"),
    Texted: ("text", "from {sender} to {to}: {body}"),
    KeySent: ("you", "press {key}, sent to the media stream"),
    Unheard: ("you", "{what}, but nothing listens"),
    Waited: ("waits", "{seconds:g} s"),
}
