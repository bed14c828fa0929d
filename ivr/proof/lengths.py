"""How long things take to say: prompts against their limits, and the ways to a nurse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from heapq import heapify, heappop, heappush
from itertools import count
from typing import assert_never

from ivr.call.engine import Early, Key, Listen, Position, Turn, Utterance, Words
from ivr.call.flow import SAFE_EXIT_PROMPTS
from ivr.call.hours import Opening
from ivr.call.lines import Directory
from ivr.call.nodes import (
    Advice,
    Ask,
    Gate,
    Goodbye,
    Handover,
    Medium,
    Message,
    Node,
    Piece,
    Question,
    Transfer,
    Way,
)
from ivr.call.prompts import GROUP_PAUSE, Digits, Part, Pause, Prompts, Text
from ivr.config import VoiceLine
from ivr.proof.explore import REFERENCE, Edge, Graph
from ivr.proof.laws import dials_careline
from ivr.spoken import Rate, rate_of, seconds
from ivr.text.pages import reading_seconds, written

INSTRUCTION_LIMIT = 20
"""Spoken seconds that an instruction may last."""

INFORMATION_LIMIT = 45
"""Spoken seconds that a piece of information may last."""

ADVICE_LIMIT = 25
"""Spoken seconds from an answer that brings advice until a nurse is dialled."""

UNANSWERED_LIMIT = 30
"""The same from a question that was not answered: it says first that none was understood."""

EARLY_SECONDS = 1
"""How long an advice listens for 0 behind the words that a key may interrupt."""

SAMPLE_OPENING = Opening(datetime(2026, 9, 30, 10, 45, tzinfo=REFERENCE.tzinfo), 30)
"""An opening with long words, to measure the prompts that name one."""


Measure = Callable[[Utterance], float]
"""How long an utterance takes, in seconds."""


@dataclass(frozen=True)
class Length:
    """How long a prompt or an advice (on a TTY: a page, a turn) takes and may take, in seconds."""

    name: str
    seconds: float
    limit: int


@dataclass(frozen=True)
class WayToNurse:
    """A way from the greeting to a nurse: its keys, and what is said on it in seconds."""

    keys: int
    seconds: float


def utterance_seconds(line: VoiceLine, language: str, utterance: Utterance) -> float:
    """How long a prompt takes to say, pauses included, or to show on a TTY."""
    prompts = line.prompts[language]
    if line.engine.medium is Medium.TTY:
        return reading_seconds(written(prompts, line.directory, utterance))
    return prompt_seconds(prompts, line.directory, utterance)


def stopwatch(line: VoiceLine, language: str) -> Measure:
    """Measures what is said in a language, each utterance once: few are said in many turns."""
    return cache(partial(utterance_seconds, line, language))


def prompt_seconds(prompts: Prompts, directory: Directory, utterance: Utterance) -> float:
    """How long a prompt takes to say, pauses included."""
    parts = prompts.parts(utterance.prompt, directory, utterance.opening)
    return sum(_part_seconds(part, prompts, prompts.pace(utterance.prompt)) for part in parts)


def unknown_rate(line: VoiceLine, language: str) -> Iterator[str]:
    """A language of which nobody has said how fast it is spoken: its lengths are guesses."""
    if line.prompts[language].voice.rate is None and rate_of(language) is None:
        yield f"{language}.toml does not say how fast the language is spoken: write voice.rate"


def _part_seconds(part: Part, prompts: Prompts, pace: int) -> float:
    voice, language = prompts.voice, prompts.language
    rate = Rate(*voice.rate) if voice.rate else None
    match part:
        case Text(text):
            return seconds(text, pace, language, rate)
        case Digits(groups):
            digits = " ".join("".join(groups))
            pauses = (len(groups) - 1) * GROUP_PAUSE / 1000
            return seconds(digits, pace, language, rate) + pauses
        case Pause():
            return prompts.voice.pause / 1000


def prompt_lengths(line: VoiceLine, language: str) -> Iterator[Length]:
    """The length of every prompt of a language, with its limit, by voice."""
    table = line.engine.table.values()
    information = {node.asks[0][0] for node in table if isinstance(node, Piece)}
    information.add(SAFE_EXIT_PROMPTS[-1])  # the numbers, read out
    prompts = line.prompts[language]
    for prompt in prompts.texts:
        limit = INFORMATION_LIMIT if prompt in information else INSTRUCTION_LIMIT
        opening = SAMPLE_OPENING if prompt.startswith("opens.") else None
        utterance = Utterance(prompt, opening=opening)
        yield Length(prompt, prompt_seconds(prompts, line.directory, utterance), limit)


def advice_lengths(line: VoiceLine, language: str) -> Iterator[Length]:
    """What is said from each answer that brings advice until a nurse is dialled, by voice."""
    if line.engine.medium is Medium.TTY:
        return
    table, measure = line.engine.table, stopwatch(line, language)
    for node in table.values():
        if isinstance(node, Question):
            for answer, way, limit in _advised(node):
                if isinstance(table[way.to], Advice):
                    said = sum(measure(Utterance(prompt)) for prompt in _until_dialled(table, way))
                    yield Length(f"{answer} at {node.name}", said + EARLY_SECONDS, limit)


def _advised(node: Question) -> Iterator[tuple[str, Way, int]]:
    """The answers to a question, each with its way and the limit of an advice behind it."""
    yield from ((option.words, option.way, ADVICE_LIMIT) for option in node.options)
    yield "silence", node.silence[-1], UNANSWERED_LIMIT
    yield "no match", node.no_match[-1], UNANSWERED_LIMIT


def _until_dialled(table: Mapping[str, Node], way: Way) -> Iterator[str]:
    """The prompts that are played on a way, and on through messages until a leg is dialled."""
    yield from way.say
    node = table[way.to]
    match node:
        case Message():
            yield from node.prompts
            yield from _until_dialled(table, node.then)
        case Transfer():
            yield from node.prompts
        case Gate() | Ask() | Handover() | Goodbye():
            pass
        case _:
            assert_never(node)


def shortest_way(graph: Graph, line: VoiceLine) -> WayToNurse:
    """The quickest way by voice to a nurse, for a caller who interrupts whatever can be."""
    ticket = count()  # settles ties, so that edges need no order
    measure = stopwatch(line, graph.language)

    def arriving(edge: Edge, spoken: float, keys: int) -> tuple[float, int, int, Edge]:
        spoken += _turn_seconds(edge.turn, measure, interrupts=True)
        return spoken, keys + _is_key(edge), next(ticket), edge

    by_voice = (edge for edge in graph.arrivals if isinstance(edge.turn.then, Listen))
    ways = [arriving(edge, 0, 0) for edge in by_voice]
    heapify(ways)
    seen: set[Position] = set()
    while ways:
        spoken, keys, _, edge = heappop(ways)
        if dials_careline(graph, edge):
            return WayToNurse(keys, spoken)
        if edge.turn.position not in seen:
            seen.add(edge.turn.position)
            for onward in graph.edges[edge.turn.position]:
                if onward.turn.position not in seen:
                    heappush(ways, arriving(onward, spoken, keys))
    message = "no way leads to a nurse"
    raise ValueError(message)


def longest_way(graph: Graph, line: VoiceLine) -> WayToNurse:
    """The longest way to a nurse that never goes back, for a caller who hears everything out.

    Wrong keys are part of it: two wherever something is asked. Forward is the order
    of the table, and of the attempts at a node; so there is no circle, and the
    longest way exists. Waiting and ringing are not counted.
    """
    order = {name: index for index, name in enumerate(line.engine.table)}
    measure = stopwatch(line, graph.language)
    positions = sorted(graph.edges, key=lambda at: _rank(at, order), reverse=True)
    longest: dict[Position, WayToNurse] = {}
    for position in positions:
        onward = (
            _step(edge, longest, graph, measure)
            for edge in graph.edges[position]
            if dials_careline(graph, edge)
            or _rank(edge.turn.position, order) > _rank(position, order)
        )
        ways = [way for way in onward if way]
        if ways:
            longest[position] = max(ways, key=lambda way: (way.seconds, way.keys))
    arrivals = (_step(edge, longest, graph, measure) for edge in graph.arrivals)
    return max((way for way in arrivals if way), key=lambda way: way.seconds)


def _step(
    edge: Edge, longest: Mapping[Position, WayToNurse], graph: Graph, measure: Measure
) -> WayToNurse | None:
    arrived = WayToNurse(0, 0) if dials_careline(graph, edge) else longest.get(edge.turn.position)
    if arrived is None:
        return None
    spoken = _turn_seconds(edge.turn, measure, interrupts=False)
    return WayToNurse(arrived.keys + _is_key(edge), arrived.seconds + spoken)


def _rank(position: Position, order: Mapping[str, int]) -> tuple[int, int]:
    return order[position.node], position.attempt


def _is_key(edge: Edge) -> bool:
    return isinstance(edge.heard, Key | Early | Words)


def _turn_seconds(turn: Turn, measure: Measure, *, interrupts: bool) -> float:
    return sum(measure(each) for each in turn.utterances if each.in_full or not interrupts)
