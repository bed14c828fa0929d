"""Prompts in Baudot as WAV files, which documents play where no stream can be had."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import Flask, Response, request

from ivr.call.engine import Utterance
from ivr.call.flow import CALL_A_TTY
from ivr.call.hours import Opening
from ivr.call.on_tty import GO_AHEAD, HANGING_UP
from ivr.config import VoiceLine
from ivr.text.pages import sound_texts, written
from ivr.twilio.tickets import SOUND, SOUND_PATH
from ttymodem.files import wav
from ttymodem.modem import modulate

ENDS = frozenset(("", GO_AHEAD, HANGING_UP))
"""What a sound may end in."""

KEPT_SECONDS = 3600
"""How long a carrier may keep a sound."""

KEPT_SOUNDS = 512
"""Sounds that a process keeps once they were made, some 60 MB of them: all that are played."""


@dataclass(frozen=True)
class KeptSound:
    """A WAV file, and what it is known by."""

    data: bytes
    etag: str


@lru_cache(maxsize=KEPT_SOUNDS)
def made(text: str, level: float) -> KeptSound:
    """The sound of a text, its tones at this level."""
    data = wav(modulate(text, level=level))
    return KeptSound(data, hashlib.sha256(data).hexdigest()[:32])


class BaudotSounds:
    """Serves the sounds. They hold nothing of any call, so they are public."""

    def __init__(self, line: VoiceLine) -> None:
        """Serve the words of `line`, the one for a TTY."""
        self._line = line
        self._making = threading.Lock()

    def register(self, app: Flask) -> None:
        """Put the sounds into the app."""
        app.add_url_rule(SOUND_PATH, SOUND, self.sound, methods=["GET"])

    def sound(self, language: str, prompt: str) -> Response:
        """A page of a prompt's sound, the first unless the query's `page` says which.

        The query's `end` is added to the last, its `opens` is a time to be told.
        """
        end = request.args.get("end", "")
        utterance = Utterance(prompt, opening=opening(request.args.get("opens", "")))
        try:
            text = written(self._line.prompts[language], self._line.directory, utterance)
        except KeyError:  # no such language or prompt, or one that wants a time
            text = ""
        texts = sound_texts(text, end) if text and end in ENDS else ()
        pages = {str(number): page for number, page in enumerate(texts, start=1)}
        page = request.args.get("page", "1")
        if page not in pages:
            return Response("There is no such prompt.\n", 404)
        with self._making:  # one at a time: it takes 20 ms, and webhooks come first
            sound = made(pages[page], self._level(prompt))
        response = Response(sound.data, mimetype="audio/wav")
        response.cache_control.max_age = KEPT_SECONDS
        response.cache_control.public = True
        response.set_etag(sound.etag)
        response.make_conditional(request)
        return response

    def _level(self, prompt: str) -> float:
        directory = self._line.directory
        return directory.burst_level if prompt == CALL_A_TTY else directory.tty_level


def opening(text: str) -> Opening | None:
    """The opening time in a query; how many days off it is only chooses the prompt."""
    try:
        return Opening(datetime.fromisoformat(text), 0)
    except ValueError:
        return None
