"""The webhooks that Twilio calls. Each one checks the signature before anything else."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, request

from ivr.call.engine import Position
from ivr.call.flow import START, TTY_START
from ivr.call.nodes import Way
from ivr.config import Settings, VoiceLine
from ivr.voice.answers import Answers
from ivr.voice.inbound import caller_id, heard
from ivr.voice.signature import Signature

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)

HEALTH = "healthz"


class Webhooks:
    """The line's webhooks: each turns one signed request into one TwiML document."""

    def __init__(self, line: VoiceLine, settings: Settings, clock: Clock) -> None:
        """Render what can be rendered beforehand."""
        self._line = line
        self._clock = clock
        self._signature = Signature(settings.auth_token, settings.base_url)
        self._answers = Answers(line, urlsplit(settings.base_url).path)

    def register(self, app: Flask) -> None:
        """Put the webhooks into the app, with the signature before and the safe exit behind."""
        app.url_map.merge_slashes = False  # a redirect would take the caller nowhere
        app.before_request(self.check_signature)
        app.register_error_handler(Exception, self.take_safe_exit)
        app.add_url_rule("/healthz", HEALTH, self.health, methods=["GET"])
        app.add_url_rule("/voice", "voice", self.incoming, methods=["POST"])
        app.add_url_rule("/tty", "tty", self.incoming_tty, methods=["POST"])
        app.add_url_rule("/voice/status", "status", self.ended, methods=["POST"])
        answer = "/voice/<language>/<node>/<attempt>"
        app.add_url_rule(answer, "answer", self.answer, methods=["POST"])

    def check_signature(self) -> Response | None:
        """Refuse what Twilio did not sign, whatever its path or method."""
        if request.endpoint == HEALTH or self._signature.signs(request):
            return None
        logger.warning(
            "refused a request to %s: its signature is missing or wrong; if Twilio sent it, "
            "compare TWILIO_AUTH_TOKEN and IVR_PUBLIC_URL with the number's settings",
            request.endpoint or "an unknown path",
        )
        return Response("Forbidden: the X-Twilio-Signature is missing or wrong.\n", 403)

    def incoming(self) -> Response:
        """A call comes in; the number that was dialled decides whether it is a TTY call."""
        is_tty = self._line.directory.is_tty_number(request.form.get("To", ""))
        return self._go(Way(TTY_START if is_tty else START))

    def incoming_tty(self) -> Response:
        """A call comes in on a number that is for TTY calls alone."""
        return self._go(Way(TTY_START))

    def answer(self, language: str, node: str, attempt: str) -> Response:
        """An answer at a node: a key, words, silence, or how a dialled leg ended."""
        position = Position(language, node, int(attempt))
        return self._go(self._line.engine.answer(position, heard(request.form)), language)

    def ended(self) -> Response:
        """A call has ended; there is nobody to answer."""
        logger.info("a call has ended")
        return Response(status=204)

    def health(self) -> Response:
        """The app is up and configured."""
        return Response("ok\n", mimetype="text/plain")

    def take_safe_exit(self, error: Exception) -> Response:
        """Whatever went wrong, the caller is connected to the CareLine."""
        logger.error("safe exit: %s", described(error))
        try:
            document = self._answers.safe_exit_with(caller_id(request.values))
        except Exception as another:  # noqa: BLE001 - nothing may stand before the last way out
            logger.error("safe exit without a caller id: %s", described(another))  # noqa: TRY400
            document = self._answers.safe_exit
        return twiml(document)

    def _go(self, way: Way, language: str | None = None) -> Response:
        language = language or self._line.directory.language
        now = self._clock()
        if now.utcoffset() is None:
            message = "the clock gave a time without a zone"
            raise ValueError(message)
        return twiml(self._answers.to(language, way, now, request.form))


def twiml(document: bytes) -> Response:
    """A response that Twilio takes for TwiML."""
    return Response(document, mimetype="text/xml")


def described(error: Exception) -> str:
    """An error by its type and place alone: its message could hold a caller's data."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
