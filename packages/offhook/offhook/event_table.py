"""Every event's name on the wire, and the sentence that tells it.

One table for all who show what happens: the transcript puts the label before the sentence,
the terminal and the page put whose it is; `--json` and the page's connection carry the name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from offhook.events import (
    Answered,
    Bridged,
    Dequeued,
    Ended,
    Event,
    Interrupted,
    KeySent,
    LegEnded,
    Listening,
    Paused,
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
    Warned,
)

LINE = "Line"
YOU = "You"
WARNS = "Warns"
NOBODY = ""


@dataclass(frozen=True)
class Row:
    """An event's name on the wire, its label in a transcript, whose it is, and its sentence.

    The sentence is a format of the event's fields, and of what `_also` adds to them.
    """

    name: str
    label: str
    who: str
    sentence: str


TABLE: Mapping[type[Event], Row] = {
    Requested: Row("requested", "hook", NOBODY, "{purpose}: {method} {path}, {outcome}"),
    Said: Row("said", "line", LINE, "{text}"),
    Played: Row("played", "line", LINE, "plays {what}"),
    Paused: Row("waited", "line", LINE, "pauses for {seconds:g} s"),
    Interrupted: Row("interrupted", "cut", NOBODY, "cut short after {seconds:g} s"),
    Listening: Row("listening", "", NOBODY, "listens for {seconds:g} s"),
    Pressed: Row("pressed", "you", YOU, "press {keys}"),
    KeySent: Row("keysent", "you", YOU, "press {key}, sent to the media stream"),
    Spoke: Row("spoke", "you", YOU, "say “{words}”"),
    StayedSilent: Row("stayedsilent", "you", YOU, "say nothing for {seconds:g} s"),
    Unheard: Row("unheard", "you", YOU, "{what}, but nothing listens: it is lost"),
    Recorded: Row("recorded", "tape", NOBODY, "recorded {seconds:g} s: {url}"),
    Ringing: Row(
        "ringing", "dials", NOBODY, "{number}, as {caller_id}, rings for up to {seconds:g} s"
    ),
    Answered: Row("answered", "leg", NOBODY, "{number}: answered"),
    Bridged: Row("bridged", "talk", NOBODY, "talking with {number}"),
    LegEnded: Row("legended", "leg", NOBODY, "{number}: {status}"),
    Queued: Row("queued", "queue", NOBODY, "waiting in {queue}, place {place}"),
    Dequeued: Row("dequeued", "queue", NOBODY, "no longer in {queue}: {result}"),
    Streaming: Row("streaming", "audio", NOBODY, "stream {name} {opens}, at {url}"),
    Typed: Row("typed", "tty", NOBODY, "{text}"),
    Texted: Row("texted", "text", NOBODY, "text from {sender} to {to}: {body}"),
    Warned: Row("warned", "warns", WARNS, "{code_or_note}: {message}{where}. {remedy}"),
    Ended: Row("ended", "end", NOBODY, "The call is over: {reason}."),
}


def row(event: Event) -> Row:
    """What the table has of an event."""
    return TABLE[type(event)]


def sentence(event: Event) -> str:
    """The event in a sentence."""
    return row(event).sentence.format(**asdict(event), **_also(event))


def record(event: Event) -> dict[str, object]:
    """The event's name and its fields, as they go over the wire."""
    return {"event": row(event).name, **asdict(event)}


def _also(event: Event) -> Mapping[str, object]:
    """What a sentence needs beside the event's fields."""
    match event:
        case Requested():
            return {"outcome": event.status or "no answer"}
        case Streaming():
            return {"opens": "opens" if event.opened else "closes"}
        case Warned():
            where = f" ({event.place})" if event.place else ""
            return {"code_or_note": event.code or "note", "where": where}
    return {}
