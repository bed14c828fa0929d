"""Prompts in Baudot, played from files: for a TTY where no stream can be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Play

from ivr.call.engine import Utterance
from ivr.tty.tickets import SOUND_PATH


@dataclass(frozen=True)
class Player:
    """Plays prompts in one language; `base` is the path before `/baudot` in public."""

    base: str
    language: str

    def say(self, utterance: Utterance, end: str = "") -> Iterator[TwiML]:
        """One prompt as a `<Play>`; `end` (GA, SKSK) is read behind it."""
        path = SOUND_PATH.replace("<language>", self.language).replace("<prompt>", utterance.prompt)
        opens = utterance.opening.at.isoformat() if utterance.opening else ""
        query = urlencode([(key, text) for key, text in (("end", end), ("opens", opens)) if text])
        yield Play(f"{self.base}{path}{'?' if query else ''}{query}")
