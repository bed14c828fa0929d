"""Who picks up a dialled leg is asked to accept the call: no machine counts as a nurse.

Only the leg hears it, so it names nothing of the caller and no word of health. The leg is
put through where the document ends, and turned away by a hang-up: then Twilio says that
it was not bridged, and the hunt goes on.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.call.engine import Utterance
from ivr.call.flow import ACCEPT, ACCEPTING_KEY
from ivr.call.lines import Directory
from ivr.call.prompts import Prompts
from ivr.twilio.twiml import Speaker, add, document
from ivr.twilio.webhook_request import current_request, twiml

ACCEPT_PATH = "/accept"
ACCEPT_ENDPOINTS = frozenset(("accept", "accept-answer"))

SECONDS = 5
"""How long one may take to press it, each of the two times that it is asked."""


class AcceptWebhooks:
    """They ask who picks up, and take the answer; their documents are rendered once."""

    def __init__(self, prompts: Mapping[str, Prompts], directory: Directory, base: str) -> None:
        """`base` is the path before `/accept` in public."""
        self._language = directory.language
        self._webhook = {
            language: _question(words, directory, f"{base}{ACCEPT_PATH}/{language}/answer")
            for language, words in prompts.items()
        }

    def register(self, app: Flask) -> None:
        """Put the webhooks into the app."""
        ask = f"{ACCEPT_PATH}/<language>"
        app.add_url_rule(ask, "accept", self.ask, methods=["POST"])
        app.add_url_rule(f"{ask}/answer", "accept-answer", self.answer, methods=["POST"])

    def ask(self, language: str) -> Response:
        """A leg was picked up."""
        return twiml(self._webhook.get(language, self._webhook[self._language]))

    def answer(self, language: str) -> Response:
        """Who picked up pressed a key: 1 puts the caller through."""
        del language
        response = VoiceResponse()
        if current_request().fields.get("Digits") != ACCEPTING_KEY:
            response.hangup()
        return twiml(document(response))


def _question(prompts: Prompts, directory: Directory, action: str) -> bytes:
    """It is asked twice, for who still brings the phone to the ear; silence is no yes."""
    response = VoiceResponse()
    for _ in range(2):
        gather = Gather(
            input="dtmf",
            action=action,
            method="POST",
            num_digits=1,
            finish_on_key="",
            timeout=SECONDS,
        )
        add(gather, [Utterance(ACCEPT)], Speaker(prompts, directory))
        response.append(gather)
    response.hangup()
    return document(response)
