"""What a TTY shows at a stretch: pages and turns against their limits.

Measured is what is sent, not the prompts by themselves: a turn strings several together, and
is cut into pages; and what is played as sound to somebody who answers by key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from ivr.call.engine import HangUp, Listen, Turn, Utterance
from ivr.call.flow import SAFE_EXIT_PROMPTS
from ivr.call.nodes import Way
from ivr.call.on_tty import EDGE_PROMPTS, GO_AHEAD, HANGING_UP, LINE_FAILED
from ivr.config import VoiceLine
from ivr.proof.explore import REFERENCE, Edge, Graph
from ivr.proof.laws import place
from ivr.proof.lengths import EARLY_SECONDS, Length
from ivr.text.outgoing import OutgoingText, OutgoingTexts, SoundPages, by_key
from ivr.text.pages import reading_seconds, written
from ttymodem.baudot import duration

PAGE_LIMIT = 30
"""Seconds that a page may take: what somebody is asked to read at once."""

TURN_LIMIT = 50
"""Seconds until the caller may answer, or until a phone rings, the breaks included."""

LEAST_BREAK = 1
"""Seconds of quiet behind a page, in which the caller may break in."""


@dataclass(frozen=True)
class Page:
    """What is read at once, and the quiet behind it, in seconds.

    `asks`: the quiet is the caller's turn, and not only a break.
    """

    seconds: float
    quiet: float
    asks: bool = False


@dataclass(frozen=True)
class Reading:
    """The pages from one turn of the caller's to the next, or to the end of ours.

    `where` says what led to them.
    """

    where: str
    pages: tuple[Page, ...]

    @cached_property
    def page_seconds(self) -> float:
        """How long its longest page takes."""
        return max(page.seconds for page in self.pages)

    @cached_property
    def seconds(self) -> float:
        """How long all of it takes, with the breaks."""
        breaks = sum(page.quiet for page in self.pages if not page.asks)
        return sum(page.seconds for page in self.pages) + breaks


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

LAWS_BY_KEY: tuple[Law, ...] = (short_pages, short_turns)
"""Where keys answer, a page ends where one is heard: no quiet is needed for it."""


def readings(graph: Graph, line: VoiceLine) -> Iterator[Reading]:
    """All that is read in one language: of every turn, and beside the table."""
    passages = OutgoingTexts(line, graph.language)
    for turn, edge in _turns(graph).items():
        yield from stretches(_where(edge), passages.of(turn))
    prompts = line.prompts[graph.language]
    for prompt in (*sorted(EDGE_PROMPTS), *SAFE_EXIT_PROMPTS):
        text = written(prompts, line.directory, Utterance(prompt))
        yield from stretches(prompt, (OutgoingText(text),))


def lengths(readings: Iterable[Reading]) -> Iterator[Length]:
    """How long the longest page of each is, and all of it."""
    for each in readings:
        yield Length(each.where, each.page_seconds, PAGE_LIMIT)
        yield Length(each.where, each.seconds, TURN_LIMIT)


def stretches(where: str, passages: Iterable[OutgoingText]) -> Iterator[Reading]:
    """A turn's passages in stretches, each up to a turn of the caller's."""
    pages: list[Page] = []
    for passage in passages:
        page = Page(reading_seconds(passage.text), passage.quiet, passage.asks)
        pages.append(page)
        if page.asks:
            yield Reading(where, tuple(pages))
            pages = []
    if pages:
        yield Reading(where, tuple(pages))


def readings_by_key(graph: Graph, line: VoiceLine) -> Iterator[Reading]:
    """All that is played in one language where keys answer, up to where one does, or a phone rings.

    `graph` and `line` are those for keys. Also what is played once a conversation has broken.
    """
    for turn, edge in _turns(graph).items():
        yield from played(_where(edge), turn, line)
    for position in graph.edges:
        way = Way(position.node, say=(LINE_FAILED,), attempt=position.attempt)
        turn = graph.engine.enter(graph.language, way, REFERENCE)
        if isinstance(turn.then, Listen):
            yield from played(f"{LINE_FAILED}, to {place(position)}", turn, line)


def played(where: str, turn: Turn, line: VoiceLine) -> Iterator[Reading]:
    """A turn in what is played before an answer counts, and what is played while one does.

    Where a key is heard each sound is a page of its own, else all are up to a break.
    """
    *before, last = by_key(turn).utterances
    end = {Listen: GO_AHEAD, HangUp: HANGING_UP}.get(type(turn.then), "")
    said = [*((each, "") for each in before), (last, end)]
    prompts = line.prompts[turn.position.language]
    cut, pages = SoundPages(), list[Page]()
    for early, together in groupby(said, lambda each: each[0].early):
        for utterance, end in together:
            for sound in cut.of(written(prompts, line.directory, utterance), end):
                page = Page(duration(sound.text), 0)
                if pages and sound.quiet:
                    pages[-1] = replace(pages[-1], quiet=sound.quiet)
                if not (utterance.in_full or utterance.early):
                    yield Reading(where, (page,))
                elif pages and utterance.in_full and not pages[-1].quiet:
                    pages[-1] = replace(page, seconds=pages[-1].seconds + page.seconds)
                else:
                    pages.append(page)
        if early:
            pages[-1] = replace(pages[-1], quiet=EARLY_SECONDS)
    if pages:
        yield Reading(where, tuple(pages))


def _turns(graph: Graph) -> dict[Turn, Edge]:
    """Every turn, with the first edge that leads to it."""
    first: dict[Turn, Edge] = {}
    for edge in graph.all_edges():
        first.setdefault(edge.turn, edge)
    return first


def _where(edge: Edge) -> str:
    at = f" at {place(edge.source)}" if edge.source else ""
    return f"{edge.label}{at}, to {edge.turn.position.node}"
