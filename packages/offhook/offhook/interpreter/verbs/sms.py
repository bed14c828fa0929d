"""Sms: a text message from within a call."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from offhook.events import Texted
from offhook.interpreter.leg import Leg, Steps


def sms(leg: Leg, verb: Element) -> Steps:
    """Send a text, by default from the number called to the caller."""
    sender = verb.get("from") or leg.identity["To"]
    to = verb.get("to") or leg.identity["From"]
    text = leg.state.exchange.send_text(sender, to, (verb.text or "").strip())
    yield Texted(text.sender, text.to, text.body)
    callback = verb.get("statusCallback")
    if callback:
        yield from leg.notify(callback, {"SmsSid": text.sid, "SmsStatus": "sent"})
    if verb.get("action") is None:
        return None
    return (yield from leg.run_action(verb, {"SmsSid": text.sid, "SmsStatus": "sent"}))
