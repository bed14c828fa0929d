"""The TwiML of every turn: rendered once at start-up where it can be, else when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from twilio.twiml import TwiML

from ivr.call.engine import Dial, DialEnded, NeedsTime, SwitchMedium, Turn, Utterance
from ivr.call.nodes import Outcome, Way
from ivr.config import VoiceLine
from ivr.twilio.inbound import caller_id
from ivr.twilio.twiml import TurnStyle, render


@dataclass(frozen=True)
class Rendered:
    """A document that is ready, and the number it dials ("" if none)."""

    document: bytes
    dials: str

    def serves(self, ours: str | None, called: str) -> bool:
        """Whether it fits a call: it dials nobody, or another number and as the caller."""
        return not self.dials or (ours is None and self.dials != called)


class RenderedTurns:
    """What the webhooks of one medium answer with.

    A turn that depends on nothing but language, node and attempt is rendered when
    this is made; the others (office hours, a caller id of our own) when they come.
    """

    def __init__(
        self,
        line: VoiceLine,
        styles: Mapping[str, TurnStyle],
        arrivals: Iterable[str] = (),
        per_call: Callable[[Turn, Way], bool] = lambda _turn, _way: False,
    ) -> None:
        """Render what can be rendered.

        `styles` are by language, `arrivals` name nodes; turns that are written for one call
        alone (`per_call`) are rendered when they come.
        """
        self._engine = line.engine
        self._styles = styles
        self._rendered: dict[tuple[str, Way], Rendered] = {}
        ways = frozenset(_ways(line, arrivals))
        for language in line.prompts:
            for way in ways:
                self._prepare(language, way, per_call)

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

    def ready(self, language: str, way: Way, form: Mapping[str, str]) -> bytes | None:
        """The TwiML that was rendered beforehand and fits this call, None if there is none."""
        ready = self._rendered.get((language, way))
        fits = ready is not None and ready.serves(caller_id(form), form.get("To", ""))
        return ready.document if ready is not None and fits else None

    def document(
        self,
        turn: Turn,
        form: Mapping[str, str],
        first: Sequence[TwiML] = (),
        *,
        silent: bool = False,
    ) -> bytes:
        """The TwiML of a turn, `first` with these verbs; a `silent` one without its words."""
        style = self._styles[turn.position.language]
        return render(turn, style, caller_id(form), first, silent=silent)

    def _prepare(self, language: str, way: Way, per_call: Callable[[Turn, Way], bool]) -> None:
        try:
            turn = self._engine.enter(language, way, None)
        except NeedsTime:
            return
        if not isinstance(turn.then, SwitchMedium) and not per_call(turn, way):
            dials = turn.then.number if isinstance(turn.then, Dial) else ""
            document = render(turn, self._styles[language])
            self._rendered[language, way] = Rendered(document, dials)


def _ways(line: VoiceLine, arrivals: Iterable[str]) -> Iterator[Way]:
    """Every way of the table, as often as it is there, and those by which a call comes in."""
    yield from map(Way, arrivals)
    for node in line.engine.table.values():
        for _, way in node.ways():
            yield way
