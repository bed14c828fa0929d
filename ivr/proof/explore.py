"""Every state a call can be in, and every way from one to the next.

The engine itself is walked, not a picture of it: from each position, with every
key, phrase, silence and dial outcome, on both sides of the office hours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivr.call.engine import (
    DialEnded,
    Engine,
    HandOver,
    HangUp,
    Heard,
    Key,
    Listen,
    Position,
    Silence,
    Turn,
    Words,
)
from ivr.call.flow import ARRIVALS, START
from ivr.call.lines import NAVIGATOR
from ivr.call.nodes import Medium, Outcome, Way

KEYPAD = "1234567890*#"

GIBBERISH = Words("qwertz")
"""Words that answer nothing."""

REFERENCE = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the search for an open and a closed moment starts; any instant would do."""

SEARCHED_STEPS = 48 * 14
"""Half hours in which both are looked for: two weeks."""


@dataclass(frozen=True)
class Edge:
    """One step: from a position (None: a call comes in), by what was heard, to a turn."""

    source: Position | None
    heard: Heard | None
    turn: Turn

    @property
    def label(self) -> str:
        """What was heard, in a word."""
        match self.heard:
            case Key(key):
                return key
            case Words(text):
                return f'"{text}"'
            case DialEnded(outcome):
                return outcome.value
            case None:
                return "a call"
            case _:
                return "silence"


@dataclass(frozen=True)
class Graph:
    """All positions that calls in one language reach, each with the edges out of it."""

    language: str
    engine: Engine
    arrivals: tuple[Edge, ...]
    edges: Mapping[Position, tuple[Edge, ...]]

    def all_edges(self) -> Iterator[Edge]:
        """Every edge, arrivals included."""
        yield from self.arrivals
        for edges in self.edges.values():
            yield from edges

    def path(
        self, wanted: Callable[[Edge], bool], passable: Callable[[Edge], bool]
    ) -> tuple[Edge, ...] | None:
        """The path with the fewest steps from an arrival to a wanted edge, None if there is none.

        Only passable edges are taken.
        """
        ways: deque[tuple[Edge, ...]] = deque((edge,) for edge in self.arrivals if passable(edge))
        seen: set[Position] = set()
        while ways:
            way = ways.popleft()
            if wanted(way[-1]):
                return way
            position = way[-1].turn.position
            if position not in seen:
                seen.add(position)
                ways.extend((*way, edge) for edge in self.edges[position] if passable(edge))
        return None


def explore(engine: Engine, language: str) -> Graph:
    """The graph of all calls in one language."""
    moments = tuple(both_sides(engine))
    arrivals = tuple(
        Edge(None, None, engine.enter(language, Way(start), now))
        for start in arrivals_in(engine.medium)
        for now in moments
    )
    edges: dict[Position, tuple[Edge, ...]] = {}
    waiting = deque(edge.turn for edge in arrivals)
    while waiting:
        turn = waiting.popleft()
        if turn.position not in edges:
            steps = tuple(dict.fromkeys(_steps(engine, turn, moments)))
            edges[turn.position] = steps
            waiting.extend(edge.turn for edge in steps)
    return Graph(language, engine, arrivals, edges)


def arrivals_in(medium: Medium) -> tuple[str, ...]:
    """Where calls come in: on a TTY all at the start."""
    return (START,) if medium is Medium.TTY else ARRIVALS


def both_sides(engine: Engine) -> Iterator[datetime]:
    """A moment at which the Nurse Navigator is open and one at which it is closed, if there are."""
    hours = engine.directory.lines[NAVIGATOR].hours
    if hours is None:
        yield REFERENCE
        return
    moments = [REFERENCE + step * timedelta(minutes=30) for step in range(SEARCHED_STEPS)]
    sides = {hours.is_open(moment): moment for moment in moments}
    yield from sides.values()


def _steps(engine: Engine, turn: Turn, moments: tuple[datetime, ...]) -> Iterator[Edge]:
    for heard in _everything_heard(engine, turn):
        for now in moments:
            yield Edge(turn.position, heard, engine.advance(turn.position, heard, now))


def _everything_heard(engine: Engine, turn: Turn) -> Iterator[Heard]:
    match turn.then:
        case Listen(options):
            yield from map(Key, KEYPAD)
            yield Key("22")
            vocabulary = engine.vocabularies[turn.position.language]
            phrases = vocabulary.hints(options)
            yield from map(Words, phrases)
            first = [vocabulary.phrases[option.words][0] for option in options]
            for phrase in vocabulary.hints(option for option in options if option.decisive):
                yield from (Words(f"{phrase} {other}") for other in first)
            yield GIBBERISH
            yield Silence()
        case HangUp():
            pass
        case HandOver():
            yield DialEnded(Outcome.FAILED)
        case _:
            yield from map(DialEnded, Outcome)
