"""The webhooks of a call that is held in text: what happens beside, and after, its stream.

`/tty/...` takes how a dialled leg ended, and what the conversation could not do itself:
dial, hang up, go back to the voice line. `/keyed/...` holds the call where typing can't
be read: its words are played in Baudot, and answered by key or by voice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask, Response

from ivr.call.engine import CallError, HandOver, Listen, Position, Silence, Utterance
from ivr.call.flow import SPOKEN_TO_A_TTY
from ivr.call.lines import CARELINE
from ivr.call.nodes import ATTEMPTS, Ask, Number, Way
from ivr.call.on_tty import GO_AHEAD, HANGING_UP, LINE_FAILED
from ivr.config import VoiceLine
from ivr.tty.passages import by_key
from ivr.tty.tickets import SAFE_EXIT_PATH
from ivr.voice.answers import Answers
from ivr.voice.asked import Asked, twiml
from ivr.voice.fallback import safe_exit_on_tty
from ivr.voice.inbound import caller_id, heard, heard_early
from ivr.voice.played import Player
from ivr.voice.streams import StreamDocuments
from ivr.voice.twiml import EARLY, Edge, Speaker

KEYED_SECONDS = 90
"""How long a caller may take to answer by key or by voice what is read."""

TTY_PATHS = ("/tty", "/keyed/")
"""What the paths of these webhooks begin with."""

ByVoice = Callable[[str, Way, Asked], bytes]
"""The voice line's answer at the end of a way, in a language."""


class TtyWebhooks:
    """They answer for the part of the line that is for a TTY."""

    def __init__(  # noqa: PLR0913, PLR0917 - it stands between many
        self,
        line: VoiceLine,
        tty: VoiceLine,
        base: str,
        documents: StreamDocuments,
        asked: Callable[[], Asked],
        by_voice: ByVoice,
    ) -> None:
        """`base` is the path before `/tty` in public, `asked` what the request asks."""
        self._line = line
        self._tty = tty
        self._base = base
        self._documents = documents
        self._asked = asked
        self._by_voice = by_voice
        self._reading = Answers(tty, self._edges("tty"))
        self._by_key = tty.keyed or tty
        self._keyed = Answers(self._by_key, self._edges("keyed"))
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
        ):
            app.add_url_rule(rule, name, view, methods=["POST"])

    def read(self, language: str, way: Way, asked: Asked) -> bytes:
        """The call goes on in text at the end of a way: by typing, wherever it listens."""
        way, turn = self._reading.resolved(language, way, asked.now, asked.form)
        match turn.then:
            case Listen():
                return self._documents.talk(way, turn.position, asked)
            case HandOver():
                return self._by_voice(language, Way(turn.then.to), asked)
        return self._reading.document(turn, asked.form, self._documents.stop_for(turn, asked))

    def answer(self, language: str, node: str, attempt: int) -> Response:
        """How a dialled leg ended."""
        asked = self._asked()
        position = Position(language, node, attempt)
        way = self._tty.engine.answer(position, heard(asked.form))
        return twiml(self.read(language, way, asked))

    def go_on(self, language: str, node: str, attempt: int, aim: str) -> Response:
        """What the conversation leaves to a document; its words were read already.

        Raises CallError on an attempt that does not exist: what is dialled there would come
        back to nowhere.
        """
        if attempt > 1 and not isinstance(self._tty.engine.table.get(node), Ask):
            raise CallError("this attempt does not exist")
        asked, way = self._asked(), Way(node, attempt=attempt)
        match aim:
            case "dial" | "hang-up":
                turn = self._reading.turn(language, way, asked.now, asked.form)
                silent = turn.position.node == node and not isinstance(turn.then, Listen | HandOver)
                if silent:
                    stop = self._documents.stop_for(turn, asked)
                    return twiml(self._reading.document(turn, asked.form, stop, silent=True))
            case "aloud":
                return twiml(self._aloud(language, way, asked))
            case "dropped":
                return twiml(self._key(language, replace(way, say=(LINE_FAILED,)), asked))
        return twiml(self.read(language, way, asked))

    def answer_keyed(self, language: str, node: str, attempt: int) -> Response:
        """A key or words; whoever is silent here may be typing in vain, so is not asked again."""
        asked = self._asked()
        said = heard(asked.form)
        position = Position(language, node, attempt)
        engine = self._by_key.engine
        asks = engine.table.get(node)
        if isinstance(said, Silence) and isinstance(asks, Ask):
            position = replace(position, attempt=len(asks.asks))
        return twiml(self._key(language, engine.answer(position, said), asked))

    def answer_keyed_early(self, language: str, node: str, attempt: int) -> Response:
        """A key that was pressed before its question was played to its end."""
        asked = self._asked()
        position = Position(language, node, attempt)
        way = self._by_key.engine.answer(position, heard_early(asked.form))
        return twiml(self._key(language, way, asked))

    def safe_exit(self) -> Response:
        """The conversation has failed: the caller is connected to the CareLine."""
        form = self._asked().form
        return twiml(self.safe_exit_with(caller_id(form), form.get("To", "")))

    def safe_exit_with(self, caller_id: str | None, called: str) -> bytes:
        """The safe exit, dialling with this caller id; `called` is the number that was called."""
        ready = caller_id is None and called != self._line.directory.number(CARELINE, Number.TTY)
        return self._exit if ready else self._exit_with(caller_id, called)

    def _exit_with(self, caller_id: str | None, called: str = "") -> bytes:
        directory = self._line.directory
        player = Player(self._base, self._tty.prompts[directory.language], directory)
        return safe_exit_on_tty(player, directory, caller_id, called)

    def _key(self, language: str, way: Way, asked: Asked) -> bytes:
        """The call goes on where its words are played, and answered by key or voice."""
        turn = self._keyed.turn(language, way, asked.now, asked.form)
        if isinstance(turn.then, HandOver):
            return self._by_voice(language, Way(turn.then.to), asked)
        stop = self._documents.stop_for(turn, asked)
        return self._keyed.document(by_key(turn), asked.form, stop)

    def _aloud(self, language: str, way: Way, asked: Asked) -> bytes:
        """Somebody talks: how to get to the voice line, and the question again.

        Who reads and talks may answer by voice; who types is read again.
        """
        turn = self._keyed.turn(language, way, asked.now, asked.form)
        if isinstance(turn.then, HandOver):
            return self._by_voice(language, Way(turn.then.to), asked)
        at = turn.position
        path = f"/tty/{at.language}/{at.node}/{at.attempt}/read"
        start = self._documents.overhear(path, asked)
        speaker = Speaker(self._line.prompts[language], self._line.directory)
        said = speaker.say(Utterance(SPOKEN_TO_A_TTY))
        return self._keyed.document(turn, asked.form, [*start, *said])

    def _edges(self, path: str) -> dict[str, Edge]:
        return {
            language: Edge(
                f"{self._base}/{path}",
                prompts,
                lambda prompts=prompts: Player(self._base, prompts, self._tty.directory),  # type: ignore[misc]
                KEYED_SECONDS,
                GO_AHEAD,
                HANGING_UP,
            )
            for language, prompts in self._tty.prompts.items()
        }
