"""What Twilio posts, translated once into what the call understands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.call.engine import DialEnded, Heard, Key, Silence, Words
from ivr.call.nodes import Outcome

OUTCOMES = {
    "completed": Outcome.COMPLETED,
    "answered": Outcome.COMPLETED,
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
}
"""Twilio's `DialCallStatus`. Any other value counts as failed: the hunt goes on."""

E164 = re.compile(r"\+[1-9][0-9]{7,14}")
"""What Twilio accepts as a caller id: + and 8 to 15 digits (ITU-T E.164)."""

KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

WITHHELD = frozenset(
    "+" + word.translate(KEYPAD)
    for word in ("ANONYMOUS", "BLOCKED", "PRIVATE", "RESTRICTED", "UNAVAILABLE", "UNKNOWN")
)
"""Numbers that only spell, on the keypad, that the caller's number is withheld."""


def heard(form: Mapping[str, str]) -> Heard:
    """What the caller did, or how the dialled leg ended. Keys count before words."""
    status = form.get("DialCallStatus")
    if status:
        return DialEnded(OUTCOMES.get(status, Outcome.FAILED))
    digits = form.get("Digits")
    if digits:
        return Key(digits)
    said = form.get("SpeechResult", "")
    return Words(said, confidence(form)) if said.strip() else Silence()


def confidence(form: Mapping[str, str]) -> float | None:
    """The recogniser's confidence, None if it is missing or no number, 0 if it can't be one."""
    try:
        said = float(form["Confidence"])
    except (KeyError, ValueError):
        return None
    return said if 0 <= said <= 1 else 0.0


def caller_id(form: Mapping[str, str]) -> str | None:
    """The caller id to dial with, None where Twilio's own choice, the caller's number, will do.

    A withheld or malformed number can't be passed on, and a leg dialled with it
    fails. The number that was called is always allowed in its place.
    """
    caller = form.get("From", "")
    if E164.fullmatch(caller) and caller not in WITHHELD:
        return None
    called = form.get("To", "")
    return called if E164.fullmatch(called) else None
