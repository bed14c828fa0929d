"""What was found in the documents of a line, in one report: counts first, then violations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.proof.document_graph import DocumentGraph
from ivr.proof.document_laws import DOCUMENT_LAWS, DocumentLaw

SHOWN = 5
"""Violations of one law that are shown; they are often the same one, on many ways."""


@dataclass(frozen=True)
class DocumentReport:
    """What was found, by the calls that were walked; `broken` has the violations of each law."""

    walked: Mapping[str, DocumentGraph]
    broken: Mapping[str, tuple[str, ...]]

    @property
    def violations(self) -> tuple[str, ...]:
        """Every violation of every law."""
        return tuple(each for found in self.broken.values() for each in found)

    def text(self) -> str:
        """The report as it is printed."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for told, graph in self.walked.items():
            runs = sum(1 for _ in graph.all_steps())
            states = f"{graph.documents:,} documents, {len(graph.steps):,} states"
            yield f"{told}: {states}, {runs:,} runs, keys at {graph.places:,} prompts"
        for law, found in self.broken.items():
            yield from (f"  VIOLATION {law}: {each}" for each in found[:SHOWN])
            if len(found) > SHOWN:
                yield f"  ... and {len(found) - SHOWN:,} more of {law}"
        yield f"{len(self.violations):,} violations in documents"


def audit_documents(
    walked: Mapping[str, DocumentGraph], laws: Iterable[DocumentLaw] = DOCUMENT_LAWS
) -> DocumentReport:
    """Hold what was walked against every law."""
    broken = {
        law.__name__.replace("_", " "): tuple(
            violation for graph in walked.values() for violation in law(graph)
        )
        for law in laws
    }
    return DocumentReport(walked, {law: found for law, found in broken.items() if found})
