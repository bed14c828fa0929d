"""Two parties talk, until one of them has enough."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from offhook.account.exchange import Participant
from offhook.events import CALLER
from offhook.interpreter.leg import Leg, Run, number
from offhook.needs import Activity, HangUp, Key, PartyLeft, Wait

TIME_LIMIT = 14_400
"""Seconds that a Dial lasts at most. Source: Twilio's documentation of Dial's timeLimit."""


def participant(leg: Leg) -> Participant:
    """The call as others see it who queue or meet with it."""
    return Participant(leg.identity["CallSid"], leg.state.mailbox, leg.state.elapsed)


def talk(leg: Leg, verb: Element, party: str) -> Run[float]:
    """Two parties talk until one leaves, the caller presses * where that counts, or time is up."""
    limit = float(number(verb, "timeLimit", TIME_LIMIT))
    star = verb.get("hangupOnStar") == "true" and leg.name == CALLER
    takes = (PartyLeft, HangUp, Key) if star else (PartyLeft, HangUp)
    gone = 0.0
    while gone < limit:
        given, seconds = yield from leg.pass_time(
            Wait(Activity.TALK, limit - gone, party=party), takes
        )
        gone += seconds
        if not isinstance(given, Key) or given.key == "*":
            break
    return gone
