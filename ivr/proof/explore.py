"""Every state a call can be in, and every way from one to the next.

The engine itself is walked, not a picture of it: from each position, with every
key, phrase, silence and dial outcome, on both sides of the office hours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

from ivr.call.engine import (
    DialEnded,
    Early,
    Engine,
    HangUp,
    Heard,
    Key,
    Listen,
    Position,
    Silence,
    SwitchMedium,
    Turn,
    Words,
)
from ivr.call.flow import ARRIVALS, START
from ivr.call.lines import NAVIGATOR
from ivr.call.nodes import Medium, Option, Outcome, Way

KEYPAD = "1234567890*#"

GIBBERISH = Words("qwertz")
"""Words that answer nothing."""

REFERENCE = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the search for an open and a closed moment starts; any instant would do."""

SEARCHED_STEPS = 48 * 14
"""Half hours in which both are looked for: two weeks."""


@dataclass(frozen=True)
class Edge:
    """One step: from a position (None: a call comes in), by what was heard, to a turn.

    `option` is the one that what was heard means, None if none.
    """

    source: Position | None
    heard: Heard | None
    turn: Turn
    option: Option | None = None

    @property
    def label(self) -> str:
        """What was heard, in a word."""
        match self.heard:
            case Key(key):
                return key
            case Early(key):
                return f"{key} too early"
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
        first: dict[Position, Edge] = {}
        waiting = deque(self.arrivals)
        while waiting:
            edge = waiting.popleft()
            position, found = edge.turn.position, wanted(edge)
            if (found or position not in first) and passable(edge):
                if found:
                    return _path_to(edge, first)
                first[position] = edge
                waiting.extend(self.edges[position])
        return None


def _path_to(edge: Edge, first: Mapping[Position, Edge]) -> tuple[Edge, ...]:
    """The path that ends with an edge, from the first edge that led to each position."""
    path = [edge]
    while path[-1].source:
        path.append(first[path[-1].source])
    return tuple(reversed(path))


@lru_cache(maxsize=8)
def explore(engine: Engine, language: str) -> Graph:
    """The graph of all calls in one language; an engine, which never changes, is walked once."""
    moments = tuple(both_sides(engine))

    @cache
    def turns(way: Way) -> tuple[Turn, ...]:
        """The turns at the end of a way, which many edges take: one for each side of the hours."""
        return tuple(dict.fromkeys(engine.enter(language, way, now) for now in moments))

    @cache
    def chosen(node: str, heard: Heard) -> Option | None:
        """What it means there, which is the same at each attempt."""
        return engine.chosen(Position(language, node), heard)

    arrivals = tuple(
        Edge(None, None, engine.enter(language, Way(start), now))
        for start in arrivals_in(engine.medium)
        for now in moments
    )
    edges: dict[Position, tuple[Edge, ...]] = {}
    waiting = deque(edge.turn for edge in arrivals)
    while waiting:
        turn = waiting.popleft()
        for at, everything in _waits_at(engine, turn):
            if at not in edges:
                edges[at] = tuple(
                    Edge(at, heard, onward, option)
                    for heard in dict.fromkeys(everything)
                    for option in [chosen(at.node, heard)]
                    for onward in turns(engine.way_by(option, at, heard))
                )
                waiting.extend(edge.turn for edge in edges[at])
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
    moments = (REFERENCE + step * timedelta(minutes=30) for step in range(SEARCHED_STEPS))
    found: set[bool] = set()
    for moment in moments:
        is_open = hours.is_open(moment)
        if is_open not in found:
            found.add(is_open)
            yield moment
        if len(found) == len((True, False)):
            return


def _waits_at(engine: Engine, turn: Turn) -> Iterator[tuple[Position, Iterator[Heard]]]:
    """Where a turn waits, and what can be heard there; and the advice in it that a key cuts."""
    yield turn.position, _everything_heard(engine, turn)
    for utterance in turn.utterances:
        if utterance.early not in {None, turn.position}:
            yield utterance.early, map(Early, KEYPAD)


def _everything_heard(engine: Engine, turn: Turn) -> Iterator[Heard]:
    match turn.then:
        case Listen(options):
            yield from map(Key, KEYPAD)
            yield Key("22")
            if any(utterance.early for utterance in turn.utterances):
                yield from map(Early, KEYPAD)
            vocabulary = engine.vocabularies[turn.position.language]
            yield from (Words(each) for option in options for each in vocabulary.short(option))
            first = [vocabulary.phrases[option.words][0] for option in options]
            for option in (option for option in options if option.decisive):
                for phrase in vocabulary.phrases[option.words]:
                    yield from (Words(f"{phrase} {other}") for other in first)
            yield GIBBERISH
            yield Silence()
        case HangUp():
            pass
        case SwitchMedium():
            yield DialEnded(Outcome.FAILED)
        case _:
            yield from map(DialEnded, Outcome)
