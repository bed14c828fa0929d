"""Where the media meet: a call goes on in the medium that its turn names."""

from __future__ import annotations

from collections.abc import Callable

from ivr.call.engine import SwitchMedium
from ivr.call.nodes import Medium, Way
from ivr.twilio.webhook_request import WebhookRequest

Answer = bytes | SwitchMedium
"""The document of a turn, or where the call goes on in the other medium."""

Answerer = Callable[[str, Way, WebhookRequest], Answer]
"""A medium's answer at the end of a way, in a language."""


class Dispatcher:
    """Knows the media that are served, and follows a call from one to the other."""

    def __init__(self) -> None:
        """Serve none yet."""
        self._media: dict[Medium, Answerer] = {}

    def serve(self, medium: Medium, answerer: Answerer) -> None:
        """Let this answer for a medium."""
        self._media[medium] = answerer

    def serves(self, medium: Medium) -> bool:
        """Whether a call can go on in a medium."""
        return medium in self._media

    def document(self, answer: Answer, language: str, webhook: WebhookRequest) -> bytes:
        """The document of an answer, in whichever medium the call goes on."""
        while isinstance(answer, SwitchMedium):
            answer = self._media[answer.medium](language, Way(answer.to), webhook)
        return answer
