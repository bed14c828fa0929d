"""Prompts in Baudot, played from files: for a TTY where no stream can be had."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Pause, Play

from ivr.call.engine import Utterance
from ivr.call.lines import Directory
from ivr.call.prompts import Prompts
from ivr.text.outgoing import SoundPages
from ivr.text.pages import written
from ivr.twilio.tickets import SOUND_PATH


class Player:
    """Plays the prompts of one document."""

    def __init__(self, base: str, prompts: Prompts, directory: Directory) -> None:
        """Play the words for a TTY; `base` is the path before `/baudot` in public."""
        self._base = base
        self._prompts = prompts
        self._directory = directory
        self._sounds = SoundPages()

    def say(self, utterance: Utterance, end: str = "") -> Iterator[TwiML]:
        """One prompt as a `<Play>` for each page; `end` (GA, SKSK) is read behind the last."""
        path = SOUND_PATH.replace("<language>", self._prompts.language)
        path = path.replace("<prompt>", utterance.prompt)
        opens = utterance.opening.at.isoformat() if utterance.opening else ""
        text = written(self._prompts, self._directory, utterance)
        for page, sound in enumerate(self._sounds.of(text, end), start=1):
            if sound.quiet:
                yield Pause(length=round(sound.quiet))
            given = (("end", end), ("opens", opens), ("page", str(page) if page > 1 else ""))
            query = urlencode([(key, value) for key, value in given if value])
            yield Play(f"{self._base}{path}{'?' if query else ''}{query}")
