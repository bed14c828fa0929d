"""What Twilio posts, translated once into what the call understands."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.call.engine import DialEnded, Early, Heard, Key, Silence, Words
from ivr.call.lines import PHONE_NUMBER
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

SHORT_SECONDS = 30
"""A talk that was shorter may have dropped, or was none."""

WITHHELD = frozenset(("+266696687", "+7378742833", "+7378742883", "+86282452253"))
"""Numbers that nobody has: on the keypad they spell ANONYMOUS, RESTRICTED (the third is a
misspelling of it that goes round) and UNAVAILABLE. BLOCKED and the like are too short."""


def heard(form: Mapping[str, str]) -> Heard:
    """What the caller did, or how the dialled leg ended. Keys count before words."""
    status = form.get("DialCallStatus")
    if status:
        return DialEnded(_outcome(status, form))
    digits = form.get("Digits")
    if digits:
        return Key(digits)
    said = form.get("SpeechResult", "")
    return Words(said, confidence(form)) if said.strip() else Silence()


def _outcome(status: str, form: Mapping[str, str]) -> Outcome:
    """How the leg ended; one that was answered and not put through reached nobody."""
    outcome = OUTCOMES.get(status, Outcome.FAILED)
    if outcome is not Outcome.COMPLETED:
        return outcome
    if form.get("DialBridged", "").lower() == "false":
        return Outcome.NO_ANSWER
    seconds = form.get("DialCallDuration", "")
    is_short = seconds.isdecimal() and len(seconds) < 10 and int(seconds) < SHORT_SECONDS  # noqa: PLR2004
    return Outcome.SHORT if is_short else outcome


def heard_early(form: Mapping[str, str]) -> Early:
    """What the caller pressed before the question was said to its end."""
    return Early(form.get("Digits", ""))


def confidence(form: Mapping[str, str]) -> float | None:
    """The recogniser's confidence, None if it is missing or no number, 0 if it can't be one."""
    try:
        said = float(form["Confidence"])
    except (KeyError, ValueError):
        return None
    return said if 0 <= said <= 1 else 0.0


def caller_id(form: Mapping[str, str]) -> str | None:
    """The caller id to dial with, None where Twilio's own choice, the caller's number, will do.

    A withheld or impossible number is replaced by the one that was called: carriers may
    reject a leg that is dialled with it (Twilio's error 13214).
    """
    if _can_be_shown(form.get("From", "")):
        return None
    called = form.get("To", "")
    return called if _can_be_shown(called) else None


def _can_be_shown(number: str) -> bool:
    return bool(PHONE_NUMBER.fullmatch(number)) and number not in WITHHELD
