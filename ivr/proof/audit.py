"""Everything that can be shown of a line, in one report: counts first, then violations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.call.engine import Utterance
from ivr.call.flow import prompt_names, word_lists
from ivr.call.nodes import Ask, Medium, Option
from ivr.call.on_tty import EDGE_PROMPTS, EDGE_WORDS
from ivr.call.prompts import Text, plain
from ivr.config import VoiceLine
from ivr.proof import reading
from ivr.proof.explore import Graph, arrivals_in, explore
from ivr.proof.laws import LAWS, NUMBERED, red_flags_are_confirmed_on_a_tty
from ivr.proof.lengths import (
    SAMPLE_OPENING,
    Length,
    WayToNurse,
    longest_way,
    prompt_lengths,
    shortest_way,
)
from ivr.tty.baudot import unsendable
from ivr.tty.text import written


@dataclass(frozen=True)
class LanguageReport:
    """What was found in one language."""

    language: str
    medium: Medium
    states: int
    edges: int
    shortest: WayToNurse
    longest: WayToNurse
    prompts: int
    lengths: tuple[Length, ...]
    violations: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        on_tty = self.medium is Medium.TTY
        by = " on a TTY" if on_tty else ""
        yield f"language {self.language}{by}: {self.states:,} states, {self.edges:,} edges"
        yield f"  shortest way to a nurse: {_way(self.shortest)}"
        yield f"  longest way, two wrong keys at every step but never back: {_way(self.longest)}"
        limits = sorted({length.limit for length in self.lengths})
        kinds = ("page", "turn") if on_tty else ("instruction", "piece")
        for kind, limit in zip(kinds, limits, strict=False):
            longest = max(
                (length for length in self.lengths if length.limit == limit),
                key=lambda length: length.seconds,
            )
            yield f"  longest {kind}: {longest.seconds:.1f} of {limit} s ({longest.name})"
        yield f"  prompts: {self.prompts}"
        for violation in self.violations:
            yield f"  VIOLATION {violation}"


@dataclass(frozen=True)
class Report:
    """What was found in all languages."""

    languages: tuple[LanguageReport, ...]

    @property
    def violations(self) -> tuple[str, ...]:
        """Every violation of every language."""
        return tuple(found for report in self.languages for found in report.violations)

    def text(self) -> str:
        """The report as it is printed."""
        lines = [line for report in self.languages for line in report.lines()]
        return "\n".join([*lines, f"{len(self.violations)} violations"])


def audit(line: VoiceLine) -> Report:
    """Walk every path in every language and hold it against every law."""
    lines = [line, line.tty] if line.tty else [line]
    return Report(
        tuple(
            _audit_language(each, language) for language in sorted(line.prompts) for each in lines
        )
    )


def _audit_language(line: VoiceLine, language: str) -> LanguageReport:
    graph = explore(line.engine, language)
    on_tty = line.engine.medium is Medium.TTY
    violations = [violation for law in LAWS for violation in law(graph)]
    violations += answers_by_key(line, language)
    violations += unreached_nodes(graph)
    violations += unused_words(line, language)
    violations += unnamed_keys(line, language)
    violations += unsendable_prompts(line, language)
    lengths, too_long = _on_a_tty(line, graph) if on_tty else _by_voice(line, language)
    violations += too_long
    return LanguageReport(
        language,
        line.engine.medium,
        len(graph.edges),
        sum(1 for _ in graph.all_edges()),
        shortest_way(graph, line),
        longest_way(graph, line),
        len(line.prompts[language].texts),
        tuple(lengths),
        tuple(violations),
    )


def _by_voice(line: VoiceLine, language: str) -> tuple[list[Length], list[str]]:
    """The prompts' lengths, and what is wrong with them."""
    lengths = list(prompt_lengths(line, language))
    too_long = [
        f"{length.name} lasts {length.seconds:.1f} s, over {length.limit}"
        for length in lengths
        if length.seconds > length.limit
    ]
    return lengths, too_long


def _on_a_tty(line: VoiceLine, graph: Graph) -> tuple[list[Length], list[str]]:
    """The lengths of pages and turns, and what is wrong with them."""
    readings = list(reading.readings(graph, line))
    lengths = [Length(each.where, each.page_seconds, reading.PAGE_LIMIT) for each in readings]
    lengths += [Length(each.where, each.seconds, reading.TURN_LIMIT) for each in readings]
    return lengths, [violation for law in reading.LAWS for violation in law(readings)]


def answers_by_key(line: VoiceLine, language: str) -> Iterator[str]:
    """What is wrong where a TTY's caller answers by key, and nothing is read back."""
    if line.keyed is not None:
        graph = explore(line.keyed.engine, language)
        laws = (law for law in LAWS if law is not red_flags_are_confirmed_on_a_tty)
        yield from (f"by key: {violation}" for law in laws for violation in law(graph))


def unreached_nodes(graph: Graph) -> Iterator[str]:
    """Nodes to which no way leads from where a call comes in."""
    table = graph.engine.table
    reached, waiting = set[str](), [*arrivals_in(graph.engine.medium)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += (way.to for _, way in table[name].ways())
    for name in table.keys() - reached:
        yield f"no call ever comes to {name}"


def unused_words(line: VoiceLine, language: str) -> Iterator[str]:
    """Prompts and word lists that the file has and no call uses."""
    prompts, table = line.prompts[language], line.engine.table
    on_tty = line.engine.medium is Medium.TTY
    used = prompt_names(table) | (EDGE_PROMPTS if on_tty else frozenset())
    listened_for = word_lists(table) | (EDGE_WORDS if on_tty else frozenset())
    for prompt in sorted(prompts.texts.keys() - used):
        yield f"the prompt {prompt} is never used"
    for words in sorted(prompts.vocabulary.phrases.keys() - listened_for):
        yield f"the words {words} are never used"


def unsendable_prompts(line: VoiceLine, language: str) -> Iterator[str]:
    """Prompts for a TTY with characters that Baudot has not, or that TTYs show differently."""
    if line.engine.medium is not Medium.TTY:
        return
    for prompt in line.prompts[language].texts:
        opening = SAMPLE_OPENING if prompt.startswith("opens.") else None
        text = written(line.prompts[language], line.directory, Utterance(prompt, opening=opening))
        found = unsendable(text)
        if found:
            yield f"{prompt} can't be sent to a TTY: {' '.join(found)}"


def unnamed_keys(line: VoiceLine, language: str) -> Iterator[str]:
    """Numbered keys that work at an attempt at which they are not named.

    On a TTY it is enough that words for it are.
    """
    for node in line.engine.table.values():
        if isinstance(node, Ask):
            for attempt in range(len(node.asks)):
                said = set(_words_said(line, language, node, attempt))
                for option in node.options:
                    if option.key in NUMBERED and not _is_named(option, said, line, language):
                        yield f"{node.name}, attempt {attempt + 1}, does not name key {option.key}"


def _is_named(option: Option, said: set[str], line: VoiceLine, language: str) -> bool:
    if option.key in said:
        return True
    phrases = line.prompts[language].vocabulary.phrases[option.words]
    return line.engine.medium is Medium.TTY and any(set(each.split()) <= said for each in phrases)


def _words_said(line: VoiceLine, language: str, node: Ask, attempt: int) -> Iterator[str]:
    """The words of an attempt's prompts, without the phone numbers in them."""
    for prompt in node.asks[attempt]:
        if isinstance(prompt, str):
            for part in line.prompts[language].parts(prompt, line.directory):
                if isinstance(part, Text):
                    yield from plain(part.text).split()


def _way(way: WayToNurse) -> str:
    return f"{way.keys} key{'' if way.keys == 1 else 's'}, {way.seconds:.0f} s spoken"
