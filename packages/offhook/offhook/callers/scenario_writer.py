"""A call that was held, saved as a scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from offhook.callers.place_call import CallRequest
from offhook.carrier.fault_injection import HANG_UP
from offhook.events import (
    CALLER,
    HUNG_UP,
    Answered,
    Bridged,
    Dequeued,
    Ended,
    Event,
    Interrupted,
    KeySent,
    LegEnded,
    Pressed,
    Ringing,
    Said,
    Spoke,
    StayedSilent,
)

LEG_ENDS = {"busy": "busy", "no-answer": "no_answer", "failed": "fails"}


def as_scenario(request: CallRequest, events: Sequence[Event], title: str) -> str:
    """A call, as it was placed and as it went, as the text of a scenario file."""
    lines = [f"title = {_quoted(title)}"]
    if request.at is not None:
        lines.append(f"at = {_quoted(request.at.isoformat(timespec='minutes'))}")
    lines += [f"from = {_quoted(request.caller)}", f"to = {_quoted(request.called)}"]
    of_webhooks = [
        fault for fault in request.faults if not HANG_UP.fullmatch(fault)
    ]  # that is a step
    if of_webhooks:
        lines.append(f"faults = [{', '.join(map(_quoted, of_webhooks))}]")
    lines += ["steps = [", *(f"  {{{step}}}," for step in _steps(events)), "]"]
    return "\n".join(lines) + "\n"


def _steps(events: Sequence[Event]) -> Iterator[str]:
    cut = False
    for place, event in enumerate(events):
        if isinstance(event, Interrupted) and event.leg == CALLER:
            cut = True
        elif isinstance(event, (Pressed, KeySent, Spoke, StayedSilent)):
            yield from _answer(event, interrupt=cut)
            cut = False
        else:
            yield from _other(event, events[place + 1 :])


def _answer(event: Pressed | KeySent | Spoke | StayedSilent, *, interrupt: bool) -> Iterator[str]:
    """What the caller did; a dialled party's answer stands in the step that it answers with."""
    beside = ", interrupt = true" if interrupt else ""
    match event:
        case Pressed(keys, leg) | KeySent(keys, leg) if leg == CALLER:
            yield f"press = {_quoted(keys)}{beside}"
        case Spoke(words, leg) if leg == CALLER:
            yield f"say = {_quoted(words)}{beside}"
        case StayedSilent(leg=leg) if leg == CALLER:
            yield "silence = true"


def _other(event: Event, following: Sequence[Event]) -> Iterator[str]:
    match event:
        case Said(text=text, leg=leg) if text:
            beside = "" if leg == CALLER else f", leg = {_quoted(leg)}"
            yield f"hears = {_quoted(text.splitlines()[0])}{beside}"
        case Ringing(number=number):
            yield f"dialled = {_quoted(number)}"
            yield from _leg(number, following)
        case Dequeued(result="bridged"):
            yield "agent_answers = true"
        case Bridged(number=number) if number.startswith("conference:"):
            yield "agent_answers = true"
        case LegEnded(status="completed" | "answered") if Ended(HUNG_UP) not in following:
            yield "they_hang_up = true"
        case Ended(reason=reason):
            yield from ["hangs_up = true"] if reason == HUNG_UP else []
            yield f"ended = {_quoted(reason)}"


def _leg(number: str, following: Sequence[Event]) -> Iterator[str]:
    """How a leg that rings goes on: its end, or its answer, with that to a whisper."""
    own = [event for event in following if _leg_of(event) == number]
    for event in own:
        match event:
            case Answered(machine=True):
                yield "voicemail = true"
            case Answered():
                yield f"answers = {_quoted(_whispered(own))}"
            case LegEnded(status=status) if status in LEG_ENDS:
                yield f"{LEG_ENDS[status]} = true"
            case _:
                continue
        return


def _leg_of(event: Event) -> str:
    """The leg that an event is about."""
    return str(getattr(event, "number", getattr(event, "leg", "")))


def _whispered(own: Sequence[Event]) -> str:
    """What a dialled party did when its whisper asked: keys, words, nothing, or it hung up."""
    for event in own:
        match event:
            case Pressed(keys=keys):
                return keys
            case Spoke(words=words):
                return f"say:{words}"
            case StayedSilent() | Bridged():
                return ""
            case LegEnded():
                return "hangup"
    return ""


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)
