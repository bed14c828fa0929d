"""Dial: legs that ring, one after another or at once, their whispers, and the talk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from offhook.account.exchange import E164
from offhook.events import Answered, Bridged, LegEnded, Played, Ringing, Warned
from offhook.interpreter.call_state import HungUp, LimitReached, MovedAway
from offhook.interpreter.document import place
from offhook.interpreter.leg import Leg, Run, Steps, number
from offhook.interpreter.schema import WRITTEN_NUMBER
from offhook.interpreter.verbs.bridge import participant, talk
from offhook.interpreter.verbs.conference import dial_conference
from offhook.interpreter.verbs.number import DialledLeg
from offhook.interpreter.verbs.queue import RING_SECONDS, dial_queue
from offhook.interpreter.verbs.say_play import tones_seconds
from offhook.needs import PICKED_UP, Activity, LegStatus, Wait

LEGS_AT_ONCE = 10
"""Source: Twilio's documentation of Dial."""

ROOMS = {"Conference": dial_conference, "Queue": dial_queue}
"""What a Dial may join in the place of ringing somebody."""

NANP_DIGITS = 10
"""Digits of a North American number without its country code, which Twilio adds."""


@dataclass
class Outcome:
    """How a Dial went: DialCallStatus, the leg it is about, and whether it was put through."""

    status: str
    leg: DialledLeg | None = None
    seconds: float = 0.0
    bridged: bool = True

    @property
    def parameters(self) -> dict[str, str]:
        """What the action is told."""
        answered = self.status in {"completed", "answered"}
        bridged = answered and self.bridged
        told = {"DialCallStatus": self.status, "DialBridged": str(bridged).lower()}
        if self.leg is not None:
            told["DialCallSid"] = self.leg.sid
        if answered:
            told["DialCallDuration"] = f"{self.seconds:.0f}"
        return told


def dial(leg: Leg, verb: Element) -> Steps:
    """Dial, then go on: at the action, or without one with the next verb."""
    rooms = [child for child in verb if child.tag in ROOMS]
    try:
        if rooms:
            name = (rooms[0].text or "").strip()
            join = ROOMS[rooms[0].tag]
            status, seconds = yield from join(leg, verb, rooms[0], name, participant(leg))
            outcome = Outcome(status, seconds=seconds)
        else:
            outcome = yield from _dial_legs(leg, verb)
    except HungUp as gone:
        if gone.leg == leg.name and leg.options.dial_action_after_hangup and verb.get("action"):
            yield from leg.run_action(verb, {"DialCallStatus": "canceled", "DialBridged": "false"})
        raise
    if verb.get("action") is None:
        return None
    return (yield from leg.run_action(verb, outcome.parameters))


def _dial_legs(leg: Leg, verb: Element) -> Run[Outcome]:
    caller_id = verb.get("callerId") or leg.identity["From"]
    legs = [DialledLeg(leg, noun, to, caller_id) for noun, to in targets(verb)]
    if not legs:
        yield Warned(13223, "nothing to dial", "Name a number.", place(verb))
    if len(legs) > LEGS_AT_ONCE:
        what = f"{len(legs)} legs in one <Dial>; only {LEGS_AT_ONCE} ring"
        yield Warned(12200, what, "Dial the others in the action.", place(verb))
        legs = legs[:LEGS_AT_ONCE]
    yield from caller_id_warnings(leg, verb, caller_id)
    outcome = Outcome("failed")
    one_by_one = verb.get("sequential") == "true"
    for group in [[each] for each in legs] if one_by_one else [legs]:
        if group:
            outcome = yield from _ring(leg, verb, group)
        if outcome.status == "completed" and outcome.bridged:
            break
    return outcome


def caller_id_warnings(leg: Leg, verb: Element, caller_id: str) -> Iterator[Warned]:
    """What is wrong with the caller id that a Dial presents."""
    remedy = "Set callerId to the number that was called."
    if not usable(caller_id):
        yield Warned(13214, "this caller id can't be dialled with", remedy, place(verb))
    elif not leg.state.exchange.may_present(caller_id, leg.identity):
        what = "this caller id is neither the call's nor a number of the account"
        yield Warned(13214, what, f"{remedy[:-1]}, or verify it.", place(verb))


def usable(caller_id: str) -> bool:
    """Whether a leg can be dialled with this caller id."""
    return bool(E164.fullmatch(caller_id)) or caller_id.startswith(("client:", "sip:"))


def targets(verb: Element) -> list[tuple[Element, str]]:
    """The nouns of a Dial with what each dials: a number, `client:name` or `sip:uri`."""
    nested = [(child, _address(child)) for child in verb if child.tag in _ADDRESS]
    own = (verb.text or "").strip()
    return nested or ([(verb, _e164(own))] if WRITTEN_NUMBER.fullmatch(own) else [])


def _address(noun: Element) -> str:
    return _ADDRESS[noun.tag].format(_own_address(noun))


def _own_address(noun: Element) -> str:
    identity = noun.find("Identity")
    text = (identity.text if identity is not None else noun.text) or ""
    return _e164(text.strip()) if noun.tag == "Number" else text.strip()


_ADDRESS = {"Number": "{}", "Client": "client:{}", "Sip": "{}"}


def _e164(text: str) -> str:
    digits = re.sub(r"[\s().-]", "", text)
    if digits.isdecimal() and len(digits) == NANP_DIGITS:
        return f"+1{digits}"
    return f"+{digits}" if digits.isdecimal() and len(digits) > NANP_DIGITS else digits


# Ringing


def _ring(leg: Leg, verb: Element, group: list[DialledLeg]) -> Run[Outcome]:
    """Ring these legs at once; the first that answers wins."""
    ringing: list[DialledLeg] = []
    try:
        for each in group:
            rings = yield from _starts(each, number(verb, "timeout", RING_SECONDS))
            ringing += [each] if rings else []
        return (yield from _await_answer(leg, verb, group[-1], ringing))
    except (HungUp, MovedAway, LimitReached):
        for each in ringing:
            yield LegEnded(each.to, "canceled")
            yield from each.finish("canceled")
        raise


def _starts(dialled: DialledLeg, seconds: int) -> Run[bool]:
    """Whether a leg begins to ring; one that can't be dialled has failed already."""
    yield from dialled.report("initiated")
    if not usable(dialled.caller_id):
        yield LegEnded(dialled.to, "failed")
        yield from dialled.finish("failed")
        return False
    if not dialled.reachable:
        what = f"{dialled.to!r} is no number that can be dialled"
        yield Warned(13223, what, "Write it as +16125550123.", place(dialled.noun))
        yield LegEnded(dialled.to, "failed")
        yield from dialled.finish("failed")
        return False
    yield Ringing(dialled.to, dialled.caller_id, seconds)
    yield from dialled.report("ringing")
    return True


def _await_answer(
    leg: Leg, verb: Element, last: DialledLeg, ringing: list[DialledLeg]
) -> Run[Outcome]:
    """What becomes of the legs that ring; those that ring too long are not answered."""
    outcome = Outcome("failed", last)
    left: float = number(verb, "timeout", RING_SECONDS)
    while ringing:
        given, seconds = yield from leg.pass_time(
            Wait(Activity.RING, left, ringing=tuple(each.to for each in ringing)), (LegStatus,)
        )
        left -= seconds
        if not isinstance(given, LegStatus):
            given = LegStatus("no-answer", ringing[0].to)
        dialled = next((each for each in ringing if each.to == given.number), ringing[0])
        ringing.remove(dialled)
        if given.status in PICKED_UP:
            for other in ringing:
                yield LegEnded(other.to, "canceled")
                yield from other.finish("canceled")
            ringing.clear()
            return (yield from _answered(leg, verb, dialled, given.status))
        yield LegEnded(dialled.to, given.status)
        yield from dialled.finish(given.status)
        outcome = Outcome(given.status, dialled)
    return outcome


# Talking


def _answered(leg: Leg, verb: Element, dialled: DialledLeg, status: str) -> Run[Outcome]:
    """A leg was picked up: its whisper, then the talk, unless the whisper ended in a hang-up."""
    yield Answered(dialled.to, machine=status == "machine")
    since = leg.state.elapsed
    try:
        yield from dialled.report("in-progress", "answered")
        digits = dialled.noun.get("sendDigits")
        if digits:  # when the leg is answered: an extension comes before any whisper
            yield Played(digits, tones_seconds(digits), dialled.to)
            yield from leg.pass_time(Wait(Activity.PROMPT, tones_seconds(digits)))
        accepted = yield from dialled.whisper(machine=status == "machine")
        if accepted:
            yield Bridged(dialled.to)
            yield from talk(leg, verb, dialled.to)
    except (HungUp, MovedAway, LimitReached):
        yield LegEnded(dialled.to, "completed")
        yield from dialled.finish("completed", leg.state.elapsed - since)
        raise
    yield LegEnded(dialled.to, "completed" if accepted else "declined")
    yield from dialled.finish("completed", leg.state.elapsed - since)
    declined = not accepted and leg.options.declined_is_no_answer
    told = "no-answer" if declined else "completed"
    return Outcome(told, dialled, leg.state.elapsed - since, bridged=accepted)
