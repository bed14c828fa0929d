"""The webhooks that Twilio calls. Each one checks the signature before anything else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, Response, current_app
from werkzeug.exceptions import MethodNotAllowed

from ivr.call.engine import CallError, DialEnded, Listen, Position, SwitchMedium, Turn
from ivr.call.flow import ARRIVALS, CALL_A_TTY, START, TTY_START
from ivr.call.lines import CARELINE, Detection
from ivr.call.nodes import Medium, Outcome, Way
from ivr.config import Settings, VoiceLine
from ivr.config_errors import described
from ivr.twilio.baudot_player import Player
from ivr.twilio.dispatcher import Answer, Dispatcher
from ivr.twilio.fallback import safe_exit
from ivr.twilio.inbound import caller_id, heard, heard_early
from ivr.twilio.incidents import Incidents
from ivr.twilio.rendered_turns import RenderedTurns
from ivr.twilio.signature import Signature
from ivr.twilio.stream_documents import STOP, StreamDocuments
from ivr.twilio.tickets import SOUND, STREAM, Detect, Tickets
from ivr.twilio.tty_webhooks import TTY_PATHS, TtyWebhooks
from ivr.twilio.twiml import EARLY, Speaker, TurnStyle, begun_with
from ivr.twilio.webhook_request import (
    HEARD,
    Clock,
    TwilioRequest,
    WebhookRequest,
    current_request,
    is_listened_to,
    twiml,
)
from ivr.twilio.whisper import ACCEPT_ENDPOINTS, ACCEPT_PATH, AcceptWebhooks

logger = logging.getLogger(__name__)

HEALTH = "healthz"

CHANGE_REFUSED = "CHANGE_REFUSED"
"""The app's own setting that says that the files are no more what is served."""

UNSIGNED = frozenset((HEALTH, STREAM, SOUND))
"""Endpoints that are not signed: a stream shows its ticket, the others hold nothing of a call."""


class Webhooks:
    """The line's webhooks: each turns one signed request into one TwiML document."""

    def __init__(
        self,
        line: VoiceLine,
        settings: Settings,
        clock: Clock,
        incidents: Incidents,
        *,
        reads: bool = False,
    ) -> None:
        """Render what can be rendered beforehand; the line `reads` if streams are served."""
        self._incidents = incidents
        self._line = line
        self._clock = clock
        self._base_url = settings.base_url
        self._base = urlsplit(settings.base_url).path
        self._signature = Signature(
            settings.auth_token, settings.base_url, settings.public_url or ""
        )
        self._documents = StreamDocuments(Tickets(settings.auth_token))
        self._dispatcher = Dispatcher()
        self._dispatcher.serve(Medium.VOICE, self._by_voice)
        self._tty = self._tty_webhooks(line.tty) if reads and line.tty else None
        self._detection = line.directory.tty_detection if self._tty else Detection.OFF
        self._answers = RenderedTurns(line, self._styles("/voice"), ARRIVALS)
        self._heard = RenderedTurns(line, self._styles(HEARD), ARRIVALS)
        directory = line.directory
        self._accepting = AcceptWebhooks(line.prompts, directory, self._base)
        self._languages = frozenset(line.prompts) | {None}
        self._safe_exit = safe_exit(line.prompts[directory.language], directory)

    def register(self, app: Flask) -> None:
        """Put the webhooks into the app, with the signature before and the safe exit behind."""
        app.url_map.merge_slashes = False  # a redirect would take the caller nowhere
        app.request_class = TwilioRequest
        app.before_request(self.check)
        app.register_error_handler(Exception, self.take_safe_exit)
        app.add_url_rule("/healthz", HEALTH, self.health, methods=["GET"])
        app.add_url_rule("/voice", "voice", self.incoming, methods=["POST"])
        app.add_url_rule("/tty", "tty", self.incoming_tty, methods=["POST"])
        app.add_url_rule("/voice/status", "status", self.ended, methods=["POST"])
        for path, named in (("/voice", ""), (HEARD, "-heard")):
            node = f"{path}/<language>/<node>"
            app.add_url_rule(node, f"node{named}", self.enter, methods=["POST"])
            app.add_url_rule(f"{node}/<attempt>", f"answer{named}", self.answer, methods=["POST"])
            early = f"{node}/<attempt>/{EARLY}"
            app.add_url_rule(early, f"early{named}", self.answer_early, methods=["POST"])
        self._accepting.register(app)
        if self._tty is not None:
            self._tty.register(app)

    def check(self) -> Response | None:
        """Refuse what Twilio did not sign, whatever its path or method.

        Go no further in a language that has no words: what is said later would fail. Who
        picks up is asked all the same, in the directory's. Raises CallError.
        """
        asked = current_request()
        if asked.endpoint in UNSIGNED:
            return None
        if not self._signature.signs(asked):
            return self._refuse(asked.endpoint or "an unknown path")
        language = (asked.view_args or {}).get("language")
        if language not in self._languages and asked.endpoint not in ACCEPT_ENDPOINTS:
            raise CallError("this language has no prompts file")
        return None

    def _refuse(self, where: str) -> Response:
        self._incidents.count(
            f"refused a request to {where}: its signature is missing or wrong; if Twilio sent "
            "it, compare TWILIO_AUTH_TOKEN and IVR_PUBLIC_URL with the number's settings"
        )
        return Response("Forbidden: the X-Twilio-Signature is missing or wrong.\n", 403)

    def incoming(self) -> Response:
        """A call comes in; the number that was dialled decides whether it is a TTY call."""
        webhook = self._webhook()
        is_tty = self._line.directory.is_tty_number(webhook.form.get("To", ""))
        return self._go(Way(TTY_START if is_tty else START), webhook)

    def incoming_tty(self) -> Response:
        """A call comes in on a number that is for TTY calls alone."""
        return self._go(Way(TTY_START), self._webhook())

    def enter(self, language: str, node: str) -> Response:
        """The call comes to a node from the text part of the line."""
        return self._go(Way(node), self._webhook(), language)

    def answer(self, language: str, node: str, attempt: str) -> Response:
        """An answer at a node: a key, words, silence, or how a dialled leg ended."""
        webhook, position = self._webhook(), Position(language, node, int(attempt))
        way = self._line.engine.answer(position, heard(webhook.form))
        return self._go(way, webhook, language)

    def answer_early(self, language: str, node: str, attempt: str) -> Response:
        """A key that was pressed before its question was said to its end."""
        webhook, position = self._webhook(), Position(language, node, int(attempt))
        way = self._line.engine.answer(position, heard_early(webhook.form))
        return self._go(way, webhook, language)

    def ended(self) -> Response:
        """A call has ended; there is nobody to answer."""
        logger.info("a call has ended")
        return Response(status=204)

    def health(self) -> Response:
        """The app is up and configured; what was changed since may have been refused."""
        refused = current_app.config.get(CHANGE_REFUSED, False)
        said = "ok, but a change was refused\n" if refused else "ok\n"
        return Response(said, mimetype="text/plain")

    def take_safe_exit(self, error: Exception) -> Response:
        """Whatever went wrong, the caller is connected to the CareLine."""
        self._incidents.count(f"safe exit: {_cause(error)}")
        try:
            document = self._safe_exit_with(caller_id(_values()))
        except Exception as another:  # noqa: BLE001 - nothing may stand before the last way out
            self._incidents.count(f"safe exit without a caller id: {described(another)}")
            document = self._safe_exit
        beside = STOP if is_listened_to(current_request().path) else b""
        return twiml(begun_with(beside, document))

    def _safe_exit_with(self, caller_id: str | None) -> bytes:
        directory = self._line.directory
        called, path = _values().get("To", ""), current_request().path
        is_tty = path.startswith(TTY_PATHS) or path.endswith(f"/{TTY_START}")
        if self._tty and (is_tty or directory.is_tty_number(called)):
            return self._tty.safe_exit_with(caller_id, called)
        if caller_id is None and called not in directory.lines[CARELINE].numbers.values():
            return self._safe_exit
        return safe_exit(self._line.prompts[directory.language], directory, caller_id, called)

    def _webhook(self) -> WebhookRequest:
        return WebhookRequest.now_by(self._clock, self._base_url)

    def _tty_webhooks(self, tty: VoiceLine) -> TtyWebhooks:
        made = TtyWebhooks(
            self._line,
            tty,
            self._base,
            self._documents,
            self._webhook,
            self._dispatcher,
            self._incidents,
        )
        self._dispatcher.serve(Medium.TTY, made.read)
        return made

    def _go(self, way: Way, webhook: WebhookRequest, language: str | None = None) -> Response:
        language = language or self._line.directory.language
        answer = self._by_voice(language, way, webhook)
        return twiml(self._dispatcher.document(answer, language, webhook))

    def _by_voice(self, language: str, way: Way, webhook: WebhookRequest) -> Answer:
        """The voice line's answer at the end of a way."""
        ready = self._answers.ready(language, way, webhook.form)
        if ready is not None:
            self._incidents.count_exhausted_hunt(ready.turn, webhook.form)
            if self._is_heard_after(ready.turn, way, webhook):
                ready = self._heard.ready(language, way, webhook.form) or ready
            return begun_with(self._beside(ready.turn, way, webhook), ready.document)
        turn = self._answers.turn(language, way, webhook.now, webhook.form)
        if isinstance(turn.then, SwitchMedium):
            if self._dispatcher.serves(turn.then.medium):
                return turn.then
            otherwise = self._line.engine.answer(turn.position, DialEnded(Outcome.FAILED))
            return self._by_voice(language, otherwise, webhook)
        self._incidents.count_exhausted_hunt(turn, webhook.form)
        heard = self._is_heard_after(turn, way, webhook)
        answers = self._heard if heard else self._answers
        document = answers.document(turn, webhook.form)
        return begun_with(self._beside(turn, way, webhook), document)

    def _is_heard_after(self, turn: Turn, way: Way, webhook: WebhookRequest) -> bool:
        """Whether a stream listens beside the call once this turn has begun."""
        goes_on = webhook.detecting and isinstance(turn.then, Listen)
        return goes_on or self._listens_from(turn, way, webhook)

    def _listens_from(self, turn: Turn, way: Way, webhook: WebhookRequest) -> bool:
        """Whether somebody who types is listened for from this turn on."""
        if self._detection is Detection.OFF:
            return False
        match self._line.directory.detection_on(webhook.form.get("To", "")):
            case Detection.ALWAYS:
                return way == Way(START)
            case Detection.ON_SILENCE:
                calls = any(each.prompt == CALL_A_TTY for each in turn.utterances)
                return calls and isinstance(turn.then, Listen)
        return False

    def _beside(self, turn: Turn, way: Way, webhook: WebhookRequest) -> bytes:
        """The verbs for what listens beside the call: from this turn on, or no more."""
        if self._listens_from(turn, way, webhook):
            language = turn.position.language
            path = f"{HEARD}/{language}/{TTY_START}"
            return self._documents.detect(Detect(path, language), webhook)
        return self._documents.stop_for(turn, webhook)

    def _styles(self, path: str) -> dict[str, TurnStyle]:
        return {language: self._style(language, path) for language in self._line.prompts}

    def _style(self, language: str, path: str) -> TurnStyle:
        prompts, directory = self._line.prompts[language], self._line.directory
        tty = self._line.tty if self._detection is not Detection.OFF else None

        def speaker() -> Speaker:
            player = Player(self._base, tty.prompts[language], directory) if tty else None
            return Speaker(prompts, directory, player)

        return TurnStyle(
            f"{self._base}{path}",
            prompts,
            speaker,
            accept=f"{self._base}{ACCEPT_PATH}",
        )


def _values() -> Mapping[str, str]:
    """What the request was told, by its query too: a number may be set to GET."""
    asked = current_request()
    return {**asked.args.to_dict(), **asked.fields}


def _cause(error: Exception) -> str:
    """What went wrong, without a word of the request."""
    if isinstance(error, MethodNotAllowed) and "POST" in (error.valid_methods or ()):
        return "a webhook was called by another method; in Twilio, set the webhook to POST"
    return described(error)
