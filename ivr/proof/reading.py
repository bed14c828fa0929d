"""What a TTY shows at a stretch: pages and turns against their limits.

Measured is what is sent, not the prompts by themselves: a turn strings several together, and
is cut into pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ivr.call.engine import Turn, Utterance
from ivr.call.flow import SAFE_EXIT_PROMPTS
from ivr.call.on_tty import EDGE_PROMPTS
from ivr.config import VoiceLine
from ivr.proof.explore import Edge, Graph
from ivr.proof.laws import place
from ivr.proof.lengths import Length
from ivr.tty.passages import Passage, Passages
from ivr.tty.text import reading_seconds, written

PAGE_LIMIT = 30
"""Seconds that a page may take: what somebody is asked to read at once."""

TURN_LIMIT = 50
"""Seconds until the caller may answer, or until a phone rings, the breaks included."""

LEAST_BREAK = 1
"""Seconds of quiet behind a page, in which the caller may break in."""


@dataclass(frozen=True)
class Reading:
    """The pages from one turn of the caller's to the next, or to the end of ours.

    `where` says what led to them.
    """

    where: str
    pages: tuple[Passage, ...]

    @cached_property
    def page_seconds(self) -> float:
        """How long its longest page takes."""
        return max(reading_seconds(page.text) for page in self.pages)

    @cached_property
    def seconds(self) -> float:
        """How long all of it takes, with the breaks."""
        breaks = sum(page.quiet for page in self.pages if not page.asks)
        return sum(reading_seconds(page.text) for page in self.pages) + breaks


Law = Callable[[Iterable[Reading]], Iterator[str]]


def short_pages(readings: Iterable[Reading]) -> Iterator[str]:
    """No page takes longer than somebody can be asked to read at once."""
    for each in readings:
        if each.page_seconds > PAGE_LIMIT:
            yield f"a page of {each.page_seconds:.1f} s, over {PAGE_LIMIT}: {each.where}"


def pages_end_in_a_break(readings: Iterable[Reading]) -> Iterator[str]:
    """Behind every page the caller can break in: in a moment of quiet, or at GA."""
    for each in readings:
        if any(page.quiet < LEAST_BREAK for page in each.pages):
            yield f"no break behind a page: {each.where}"


def short_turns(readings: Iterable[Reading]) -> Iterator[str]:
    """Nobody reads for long before they may answer, or a phone rings."""
    for each in readings:
        if each.seconds > TURN_LIMIT:
            yield f"a turn of {each.seconds:.1f} s, over {TURN_LIMIT}: {each.where}"


LAWS: tuple[Law, ...] = (short_pages, pages_end_in_a_break, short_turns)


def readings(graph: Graph, line: VoiceLine) -> Iterator[Reading]:
    """All that is read in one language: of every turn, and beside the table."""
    passages = Passages(line, graph.language)
    first: dict[Turn, Edge] = {}
    for edge in graph.all_edges():
        first.setdefault(edge.turn, edge)
    for turn, edge in first.items():
        yield from stretches(_where(edge), passages.of(turn))
    prompts = line.prompts[graph.language]
    for prompt in (*sorted(EDGE_PROMPTS), *SAFE_EXIT_PROMPTS):
        text = written(prompts, line.directory, Utterance(prompt))
        yield Reading(prompt, (Passage(text),))


def lengths(readings: Iterable[Reading]) -> Iterator[Length]:
    """How long the longest page of each is, and all of it."""
    for each in readings:
        yield Length(each.where, each.page_seconds, PAGE_LIMIT)
        yield Length(each.where, each.seconds, TURN_LIMIT)


def stretches(where: str, passages: Iterable[Passage]) -> Iterator[Reading]:
    """A turn's passages in stretches, each up to a turn of the caller's."""
    pages: list[Passage] = []
    for passage in passages:
        pages.append(passage)
        if passage.asks:
            yield Reading(where, tuple(pages))
            pages = []
    if pages:
        yield Reading(where, tuple(pages))


def _where(edge: Edge) -> str:
    at = f" at {place(edge.source)}" if edge.source else ""
    return f"{edge.label}{at}, to {edge.turn.position.node}"
