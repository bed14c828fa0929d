"""The TwiML of every turn: rendered once at start-up where it can be, else when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.call.engine import Dial, DialEnded, NeedsTime, Turn
from ivr.call.flow import START, TTY_START
from ivr.call.nodes import Outcome, Way
from ivr.config import VoiceLine
from ivr.voice.fallback import safe_exit
from ivr.voice.inbound import caller_id
from ivr.voice.twiml import render


@dataclass(frozen=True)
class Rendered:
    """A document that is ready, and the number it dials ("" if none)."""

    document: bytes
    dials: str

    def serves(self, ours: str | None, called: str) -> bool:
        """Whether it fits a call: it dials nobody, or another number and as the caller."""
        return not self.dials or (ours is None and self.dials != called)


class Answers:
    """What the webhooks answer with.

    A turn that depends on nothing but language, node and attempt is rendered when
    this is made; the others (office hours, a caller id of our own) when they come.
    """

    def __init__(self, line: VoiceLine, base: str) -> None:
        """Render what can be rendered; `base` is the path before `/voice` in public."""
        self._line = line
        self._base = base
        self._rendered: dict[tuple[str, Way], Rendered] = {}
        for language in line.prompts:
            for way in _ways(line):
                self._prepare(language, way)
        self.safe_exit = self._safe_exit(None)

    def to(self, language: str, way: Way, now: datetime, form: Mapping[str, str]) -> bytes:
        """The TwiML of the turn at the end of a way, for the call that the form describes.

        Raises CallError as the engine does.
        """
        ours = caller_id(form)
        ready = self._rendered.get((language, way))
        if ready is not None and ready.serves(ours, form.get("To", "")):
            return ready.document
        engine = self._line.engine
        turn = engine.enter(language, way, now)
        while isinstance(turn.then, Dial) and turn.then.number == form.get("To"):
            # The number that was called can't be dialled: it would ring here again.
            way = engine.answer(turn.position, DialEnded(Outcome.FAILED))
            turn = engine.enter(language, way, now)
        return self._render(turn, ours)

    def safe_exit_with(self, caller_id: str | None) -> bytes:
        """The safe exit, dialling with this caller id."""
        return self.safe_exit if caller_id is None else self._safe_exit(caller_id)

    def _prepare(self, language: str, way: Way) -> None:
        try:
            turn = self._line.engine.enter(language, way, None)
        except NeedsTime:
            return
        dials = turn.then.number if isinstance(turn.then, Dial) else ""
        self._rendered[language, way] = Rendered(self._render(turn, None), dials)

    def _render(self, turn: Turn, caller_id: str | None) -> bytes:
        prompts = self._line.prompts[turn.position.language]
        return render(turn, prompts, self._line.directory, self._base, caller_id)

    def _safe_exit(self, caller_id: str | None) -> bytes:
        directory = self._line.directory
        return safe_exit(self._line.prompts[directory.language], directory, caller_id)


def _ways(line: VoiceLine) -> Iterator[Way]:
    """Every way of the table, and those by which a call comes in."""
    yield Way(START)
    yield Way(TTY_START)
    for node in line.engine.table.values():
        for _, way in node.ways():
            yield way
