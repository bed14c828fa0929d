"""Everything that can be shown of a line, in one report: counts first, then violations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ivr.call.nodes import Medium
from ivr.config import VoiceLine
from ivr.proof import reading
from ivr.proof.explore import Graph, arrivals_in, explore
from ivr.proof.laws import LAWS, red_flags_are_confirmed_on_a_tty
from ivr.proof.lengths import (
    Length,
    WayToNurse,
    advice_lengths,
    longest_way,
    prompt_lengths,
    shortest_way,
    unknown_rate,
)
from ivr.proof.words import (
    copied_texts,
    shrinking_questions,
    unnamed_keys,
    unnamed_nurse,
    unused_words,
)


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
    advice: tuple[Length, ...]
    by_key: tuple[Length, ...]
    violations: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        on_tty = self.medium is Medium.TTY
        by = " on a TTY" if on_tty else ""
        yield f"language {self.language}{by}: {self.states:,} states, {self.edges:,} edges"
        yield f"  shortest way to a nurse: {_way(self.shortest)}"
        yield f"  longest way, two wrong keys at every step but never back: {_way(self.longest)}"
        kinds = ("page", "turn") if on_tty else ("instruction", "piece")
        yield from _longest(kinds, self.lengths)
        yield from _longest(("page by key", "turn by key"), self.by_key)
        yield from _longest(("advice before a nurse is dialled", "advice unanswered"), self.advice)
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


WORDING: tuple[Callable[[VoiceLine, str], Iterator[str]], ...] = (
    unused_words,
    unnamed_keys,
    unnamed_nurse,
    shrinking_questions,
    copied_texts,
    unknown_rate,
)
"""What must hold of the words of a language."""


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
    keyed = explore(line.keyed.engine, language) if line.keyed else None
    advice = tuple(advice_lengths(line, language))
    violations = [violation for law in LAWS for violation in law(graph)]
    violations += unreached_nodes(graph)
    violations += [violation for check in WORDING for violation in check(line, language)]
    by_key: tuple[reading.Reading, ...] = ()
    if line.keyed and keyed:
        by_key = tuple(reading.readings_by_key(keyed, line.keyed))
        violations += [f"by key: {found}" for found in answers_by_key(keyed, by_key)]
    if line.engine.medium is Medium.TTY:
        readings = tuple(reading.readings(graph, line))
        lengths = tuple(reading.lengths(readings))
        violations += [violation for law in reading.LAWS for violation in law(readings)]
    else:
        lengths = tuple(prompt_lengths(line, language))
        violations += too_long((*lengths, *advice))
    return LanguageReport(
        language,
        line.engine.medium,
        len(graph.edges),
        sum(1 for _ in graph.all_edges()),
        shortest_way(graph, line),
        longest_way(graph, line),
        len(line.prompts[language].texts),
        lengths,
        advice,
        tuple(reading.lengths(by_key)),
        tuple(violations),
    )


def too_long(lengths: Iterable[Length]) -> Iterator[str]:
    """What takes longer to say than it may."""
    for each in lengths:
        if each.seconds > each.limit:
            yield f"{each.name} lasts {each.seconds:.1f} s, over {each.limit}"


def answers_by_key(graph: Graph, readings: Iterable[reading.Reading]) -> Iterator[str]:
    """What is wrong where a TTY's caller answers by key, and nothing is read back."""
    for law in LAWS:
        if law is not red_flags_are_confirmed_on_a_tty:
            yield from law(graph)
    for measured in reading.LAWS_BY_KEY:
        yield from measured(readings)


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


def _longest(kinds: tuple[str, ...], lengths: tuple[Length, ...]) -> Iterator[str]:
    """The longest of each kind; the kinds are in the order of their limits."""
    limits = sorted({length.limit for length in lengths})
    for kind, limit in zip(kinds, limits, strict=False):
        limited = (length for length in lengths if length.limit == limit)
        longest = max(limited, key=lambda length: length.seconds)
        yield f"  longest {kind}: {longest.seconds:.1f} of {limit} s ({longest.name})"


def _way(way: WayToNurse) -> str:
    return f"{way.keys} key{'' if way.keys == 1 else 's'}, {way.seconds:.0f} s spoken"
