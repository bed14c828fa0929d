"""The TwiML of every turn: rendered once at start-up where it can be, else when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from ivr.call.engine import Dial, DialEnded, NeedsTime, SwitchMedium, Turn, Utterance
from ivr.call.nodes import Outcome, Way
from ivr.config import VoiceLine
from ivr.twilio.inbound import caller_id
from ivr.twilio.twiml import TurnStyle, render

KEPT = 512
"""Documents that are kept once they were rendered: those of some weeks of openings."""


@dataclass(frozen=True)
class Rendered:
    """A turn whose document is ready."""

    turn: Turn
    document: bytes

    def serves(self, form: Mapping[str, str]) -> bool:
        """Whether it fits a call: it dials nobody, or another number and as the caller."""
        then = self.turn.then
        return not isinstance(then, Dial) or (
            then.number != form.get("To") and caller_id(form) is None
        )


class RenderedTurns:
    """What the webhooks of one medium answer with.

    A turn that depends on nothing but language, node and attempt is rendered when
    this is made; the others (office hours, a caller id of our own) when they first come.
    """

    def __init__(
        self,
        line: VoiceLine,
        styles: Mapping[str, TurnStyle],
        arrivals: Iterable[str] = (),
    ) -> None:
        """Render what can be rendered; `styles` are by language, `arrivals` name nodes."""
        self._engine = line.engine
        self._styles = styles
        self._rendered: dict[tuple[str, Way], Rendered] = {}
        self._render = lru_cache(maxsize=KEPT)(self._rendered_anew)
        ways = frozenset(_ways(line, arrivals))
        for language in line.prompts:
            for way in ways:
                self._prepare(language, way)

    def turn(self, language: str, way: Way, now: datetime, form: Mapping[str, str]) -> Turn:
        """The turn at the end of a way, for the call that the form describes.

        Raises CallError as the engine does.
        """
        return self.resolved(language, way, now, form)[1]

    def resolved(
        self, language: str, way: Way, now: datetime, form: Mapping[str, str]
    ) -> tuple[Way, Turn]:
        """The way that the call can take, and the turn at its end.

        The number that was called can't be dialled, it would ring here again: the hunt
        goes on, and what was to be said before it, such as advice, is said all the same.
        Raises CallError as the engine does.
        """
        turn = self._engine.enter(language, way, now)
        said: tuple[Utterance, ...] = ()
        while isinstance(turn.then, Dial) and turn.then.number == form.get("To"):
            said += turn.utterances
            way = self._engine.answer(turn.position, DialEnded(Outcome.FAILED))
            turn = self._engine.enter(language, way, now)
        return way, replace(turn, utterances=(*said, *turn.utterances))

    def ready(self, language: str, way: Way, form: Mapping[str, str]) -> Rendered | None:
        """The turn that was rendered beforehand and fits this call, None if there is none."""
        ready = self._rendered.get((language, way))
        return ready if ready is not None and ready.serves(form) else None

    def document(self, turn: Turn, form: Mapping[str, str], *, silent: bool = False) -> bytes:
        """The TwiML of a turn; a `silent` one without its words."""
        ours = caller_id(form) if isinstance(turn.then, Dial) else None
        return self._render(turn, ours, silent)

    def _rendered_anew(self, turn: Turn, ours: str | None, silent: bool) -> bytes:  # noqa: FBT001 - keys of a cache are placed
        return render(turn, self._styles[turn.position.language], ours, silent=silent)

    def _prepare(self, language: str, way: Way) -> None:
        try:
            turn = self._engine.enter(language, way, None)
        except NeedsTime:
            return
        if not isinstance(turn.then, SwitchMedium):
            document = render(turn, self._styles[language])
            self._rendered[language, way] = Rendered(turn, document)


def _ways(line: VoiceLine, arrivals: Iterable[str]) -> Iterator[Way]:
    """Every way of the table, as often as it is there, and those by which a call comes in."""
    yield from map(Way, arrivals)
    for node in line.engine.table.values():
        for _, way in node.ways():
            yield way
