"""Redirect, Hangup, Reject, Refer and Sms: the call goes elsewhere, ends, or sends a text."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from offhook.events import Bridged
from offhook.interpreter.leg import Leg, Steps
from offhook.interpreter.urls import resolve


def redirect(leg: Leg, verb: Element) -> Steps:
    """Go on with another document."""
    url = resolve(leg.document.url, (verb.text or "").strip())
    return (yield from leg.fetch(verb.get("method", "POST"), url, {}, "redirect"))


def hang_up(leg: Leg, verb: Element) -> Steps:
    """End the call."""
    yield from ()
    return leg.end(f"the app hung up ({verb.tag})")


def reject(leg: Leg, verb: Element) -> Steps:
    """Refuse the call, or hang up on one that was answered already."""
    yield from ()
    if leg.answered:
        return leg.end(f"the app hung up ({verb.tag})")
    return leg.reject(verb.get("reason", "rejected"))


def refer(leg: Leg, verb: Element) -> Steps:
    """Hand a SIP call over to another SIP address; the call here then ends."""
    sip = verb.find("Sip")
    target = ((sip.text if sip is not None else "") or "").strip()
    yield Bridged(target)
    if verb.get("action") is None:
        return leg.end(f"the call was referred to {target}")
    told = {"ReferCallStatus": "completed", "ReferSipResponseCode": "202"}
    return (yield from leg.run_action(verb, told | {"NotifySipResponseCode": "200"}))
