"""The webhooks of a call that is held in text: what happens beside, and after, its stream.

`/tty/...` takes how a dialled leg ended, and what the conversation could not do itself:
dial, hang up, go back to the voice line. `/keyed/...` holds the call where typing can't
be read: its words are played in Baudot, and answered by key or by voice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask, Response

from ivr.call.engine import CallError, Listen, Position, Silence, SwitchMedium, Utterance
from ivr.call.flow import SPOKEN_TO_A_TTY
from ivr.call.lines import CARELINE
from ivr.call.nodes import ATTEMPTS, Ask, Number, Way
from ivr.call.on_tty import GO_AHEAD, HANGING_UP, LINE_FAILED
from ivr.config import VoiceLine
from ivr.text.outgoing import by_key
from ivr.twilio.baudot_player import Player
from ivr.twilio.dispatcher import Answer, Dispatcher
from ivr.twilio.fallback import safe_exit_on_tty
from ivr.twilio.inbound import caller_id, heard, heard_early
from ivr.twilio.incidents import Incidents
from ivr.twilio.rendered_turns import RenderedTurns
from ivr.twilio.stream_documents import StreamDocuments
from ivr.twilio.tickets import SAFE_EXIT_PATH, Detect
from ivr.twilio.twiml import EARLY, Speaker, TurnStyle, begun_with, rendered
from ivr.twilio.webhook_request import ALOUD, WebhookRequest, twiml

KEYED_SECONDS = 90
"""How long a caller may take to answer by key or by voice what is read."""

ALOUD_SECONDS = 30
"""The same where somebody has talked: who is silent there then is written to again."""

TTY_PATHS = ("/tty", "/keyed/", f"{ALOUD}/")
"""What the paths of these webhooks begin with."""


class TtyWebhooks:
    """They answer for the part of the line that is for a TTY."""

    def __init__(  # noqa: PLR0913, PLR0917 - it stands between many
        self,
        line: VoiceLine,
        tty: VoiceLine,
        base: str,
        documents: StreamDocuments,
        webhook: Callable[[], WebhookRequest],
        dispatcher: Dispatcher,
        incidents: Incidents,
    ) -> None:
        """`base` is the path before `/tty` in public, `webhook` makes what the request holds."""
        self._line = line
        self._tty = tty
        self._base = base
        self._documents = documents
        self._webhook = webhook
        self._dispatcher = dispatcher
        self._incidents = incidents
        self._reading = RenderedTurns(tty, self._styles("tty"))
        self._by_key = tty.keyed or tty
        self._keyed = RenderedTurns(self._by_key, self._styles("keyed"))
        self._spoken = RenderedTurns(self._by_key, self._styles(ALOUD[1:], ALOUD_SECONDS))
        self._exit = self._exit_with(None)

    def register(self, app: Flask) -> None:
        """Put the webhooks into the app."""
        at = f"<language>/<node>/<int(min=1, max={ATTEMPTS}):attempt>"
        aims = "<any(dial, 'hang-up', aloud, voice, read, dropped):aim>"
        for rule, name, view in (
            (SAFE_EXIT_PATH, "tty-safe-exit", self.safe_exit),
            (f"/tty/{at}", "tty-answer", self.answer),
            (f"/tty/{at}/{aims}", "tty-aim", self.go_on),
            (f"/keyed/{at}", "keyed-answer", self.answer_keyed),
            (f"/keyed/{at}/{EARLY}", "keyed-early", self.answer_keyed_early),
            (f"{ALOUD}/{at}", "aloud-answer", self.answer_aloud),
            (f"{ALOUD}/{at}/{EARLY}", "aloud-early", self.answer_aloud_early),
            (f"{ALOUD}/{at}/<any(read):aim>", "aloud-aim", self.go_on),
        ):
            app.add_url_rule(rule, name, view, methods=["POST"])

    def read(
        self, language: str, way: Way, webhook: WebhookRequest, *, heeds_voice: bool = True
    ) -> Answer:
        """The call goes on in text at the end of a way: by typing, wherever it listens."""
        way, turn = self._reading.resolved(language, way, webhook.now, webhook.form)
        self._incidents.count_exhausted_hunt(turn, webhook.form)
        match turn.then:
            case Listen():
                return self._documents.talk(way, turn.position, webhook, heeds_voice=heeds_voice)
            case SwitchMedium():
                return turn.then
        return begun_with(
            self._documents.stop_for(turn, webhook), self._reading.document(turn, webhook.form)
        )

    def answer(self, language: str, node: str, attempt: int) -> Response:
        """How a dialled leg ended."""
        webhook = self._webhook()
        position = Position(language, node, attempt)
        way = self._tty.engine.answer(position, heard(webhook.form))
        return self._go(self.read(language, way, webhook), language, webhook)

    def go_on(self, language: str, node: str, attempt: int, aim: str) -> Response:
        """What the conversation leaves to a document; its words were read already.

        Raises CallError on an attempt that does not exist: what is dialled there would come
        back to nowhere.
        """
        if attempt > 1 and not isinstance(self._tty.engine.table.get(node), Ask):
            raise CallError("this attempt does not exist")
        webhook, way = self._webhook(), Way(node, attempt=attempt)
        match aim:
            case "dial" | "hang-up":
                answer = self._silently(language, way, webhook)
            case "aloud":
                answer = self._aloud(language, way, webhook)
            case "dropped":
                answer = self._key(language, replace(way, say=(LINE_FAILED,)), webhook)
            case "read":
                answer = self.read(language, way, webhook, heeds_voice=False)
            case _:
                answer = self.read(language, way, webhook)
        return self._go(answer, language, webhook)

    def answer_keyed(self, language: str, node: str, attempt: int) -> Response:
        """A key or words; whoever is silent here may be typing in vain, so is not asked again."""
        webhook = self._webhook()
        said = heard(webhook.form)
        position = Position(language, node, attempt)
        engine = self._by_key.engine
        asks = engine.table.get(node)
        if isinstance(said, Silence) and isinstance(asks, Ask):
            position = replace(position, attempt=len(asks.asks))
        answer = self._key(language, engine.answer(position, said), webhook)
        return self._go(answer, language, webhook)

    def answer_keyed_early(self, language: str, node: str, attempt: int) -> Response:
        """A key that was pressed before its question was played to its end."""
        webhook = self._webhook()
        position = Position(language, node, attempt)
        way = self._by_key.engine.answer(position, heard_early(webhook.form))
        return self._go(self._key(language, way, webhook), language, webhook)

    def answer_aloud(self, language: str, node: str, attempt: int) -> Response:
        """What was said where a voice is understood; who says nothing is written to again.

        From then on no voice counts: it may have been a television's.
        """
        webhook = self._webhook()
        said = heard(webhook.form)
        position = Position(language, node, attempt)
        way = self._by_key.engine.answer(position, said)
        if isinstance(said, Silence):
            again = Way(node, attempt=attempt)
            answer = self.read(language, again, webhook, heeds_voice=False)
        else:
            answer = self._say_on(language, way, webhook)
        return self._go(answer, language, webhook)

    def answer_aloud_early(self, language: str, node: str, attempt: int) -> Response:
        """A key that was pressed before its question was played to its end."""
        webhook = self._webhook()
        position = Position(language, node, attempt)
        way = self._by_key.engine.answer(position, heard_early(webhook.form))
        return self._go(self._say_on(language, way, webhook), language, webhook)

    def safe_exit(self) -> Response:
        """The conversation has failed: the caller is connected to the CareLine."""
        form = self._webhook().form
        return twiml(self.safe_exit_with(caller_id(form), form.get("To", "")))

    def safe_exit_with(self, caller_id: str | None, called: str) -> bytes:
        """The safe exit, dialling with this caller id; `called` is the number that was called."""
        ready = caller_id is None and called != self._line.directory.number(CARELINE, Number.TTY)
        return self._exit if ready else self._exit_with(caller_id, called)

    def _exit_with(self, caller_id: str | None, called: str = "") -> bytes:
        directory = self._line.directory
        player = Player(self._base, self._tty.prompts[directory.language], directory)
        return safe_exit_on_tty(player, directory, caller_id, called)

    def _silently(self, language: str, way: Way, webhook: WebhookRequest) -> Answer:
        """What is done where a way leads, if that is to dial or to hang up; else it is read."""
        turn = self._reading.turn(language, way, webhook.now, webhook.form)
        if turn.position.node != way.to or isinstance(turn.then, Listen | SwitchMedium):
            return self.read(language, way, webhook)
        stop = self._documents.stop_for(turn, webhook)
        return begun_with(stop, self._reading.document(turn, webhook.form, silent=True))

    def _go(self, answer: Answer, language: str, webhook: WebhookRequest) -> Response:
        return twiml(self._dispatcher.document(answer, language, webhook))

    def _key(self, language: str, way: Way, webhook: WebhookRequest) -> Answer:
        """The call goes on where its words are played, and answered by key or voice."""
        turn = self._keyed.turn(language, way, webhook.now, webhook.form)
        self._incidents.count_exhausted_hunt(turn, webhook.form)
        if isinstance(turn.then, SwitchMedium):
            return turn.then
        stop = self._documents.stop_for(turn, webhook)
        return begun_with(stop, self._keyed.document(by_key(turn), webhook.form))

    def _aloud(self, language: str, way: Way, webhook: WebhookRequest) -> Answer:
        """Somebody talks: how to get to the voice line, and the question again."""
        speaker = Speaker(self._line.prompts[language], self._line.directory)
        said = rendered(speaker.say(Utterance(SPOKEN_TO_A_TTY)))
        return self._say_on(language, way, webhook, said)

    def _say_on(
        self, language: str, way: Way, webhook: WebhookRequest, before: bytes = b""
    ) -> Answer:
        """The call goes on where a voice answers what is played; who types is read again."""
        turn = self._spoken.turn(language, way, webhook.now, webhook.form)
        self._incidents.count_exhausted_hunt(turn, webhook.form)
        if isinstance(turn.then, SwitchMedium):
            return turn.then
        document = self._spoken.document(by_key(turn), webhook.form)
        if not isinstance(turn.then, Listen):
            return begun_with(self._documents.stop(webhook) + before, document)
        at = turn.position
        path = f"{ALOUD}/{at.language}/{at.node}/{at.attempt}/read"
        beside = Detect(path, at.language, Way(at.node, attempt=at.attempt))
        start = self._documents.detect(beside, webhook)
        return begun_with(start + before, document)

    def _styles(self, path: str, seconds: int = KEYED_SECONDS) -> dict[str, TurnStyle]:
        return {
            language: TurnStyle(
                f"{self._base}/{path}",
                prompts,
                lambda prompts=prompts: Player(self._base, prompts, self._tty.directory),  # type: ignore[misc]
                seconds,
                GO_AHEAD,
                HANGING_UP,
            )
            for language, prompts in self._tty.prompts.items()
        }
