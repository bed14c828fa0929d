"""What was found when the documents of the line were run: each one, and every way on from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.config import VoiceLine


class Did(StrEnum):
    """What somebody did while a document ran."""

    NOTHING = "nothing"
    KEY = "a key"
    WORDS = "words"
    HUNG_UP = "the caller hung up"
    LEG = "a dialled leg"
    MOVED = "a stream moved the call"


@dataclass(frozen=True)
class Deed:
    """One thing that was done.

    `what` is the key, the list that the words are from ("" if they answer nothing), how a
    leg ended as `DialCallStatus` says it, or the path that the call was moved to; `told` is
    the same as a person says it. `bridged` is `DialBridged` ("" if it is missing).
    """

    did: Did
    what: str = ""
    told: str = ""
    bridged: str = ""


@dataclass(frozen=True)
class Prompt:
    """A prompt that was begun: whether it came to its end, and whether a key could cut it."""

    name: str
    ended: bool
    listening: bool


@dataclass(frozen=True)
class Step:
    """One run of a document, with one deed in it, and where that was done.

    `offered`: an answer was listened for where the deed was done; `taken`: it counted as one.
    `listened`: there was a place where one could be given. `rang` are the numbers that were
    dialled; `held`: a stream held the call. It `leads` to documents, or to the `end` of the
    call.
    """

    source: int
    deed: Deed
    where: str
    offered: bool
    taken: bool
    played: tuple[Prompt, ...]
    listened: bool
    rang: tuple[str, ...]
    held: bool
    end: str
    leads: tuple[int, ...]

    def ended(self) -> frozenset[str]:
        """The prompts that were played to their end, with all of their pages."""
        cut = {prompt.name for prompt in self.played if not prompt.ended}
        return frozenset(prompt.name for prompt in self.played) - cut


@dataclass(frozen=True)
class DocumentGraph:
    """All documents, by number, each with the steps from it: first that in which nothing is done.

    `arrivals` names those that a call may begin with; `faults` says what Twilio would warn of.
    """

    line: VoiceLine
    arrivals: Mapping[int, str]
    steps: Mapping[int, tuple[Step, ...]]
    faults: Mapping[int, tuple[str, ...]]
    documents: int
    places: int
    first: Mapping[int, Step]

    def plain(self, document: int) -> Step:
        """What a document does if nobody does anything."""
        return self.steps[document][0]

    def was_tried(self, document: int) -> bool:
        """Whether anything was done in a document; far ones are only run by themselves."""
        return len(self.steps[document]) > 1

    def all_steps(self) -> Iterator[Step]:
        """Every step of every document."""
        for steps in self.steps.values():
            yield from steps

    def edges(self) -> Iterator[tuple[Step, Step]]:
        """Every step with what the document that it leads to does by itself, if that was run."""
        for step in self.all_steps():
            for target in step.leads:
                if target in self.steps:
                    yield step, self.plain(target)

    def told(self, step: Step) -> str:
        """The shortest way to a step, and the step."""
        path = [step]
        while path[-1].source not in self.arrivals:
            path.append(self.first[path[-1].source])
        begins = self.arrivals[path[-1].source]
        return " -> ".join([begins, *(_told(each) for each in reversed(path))])


def _told(step: Step) -> str:
    return f"{step.deed.told} {step.where}".strip()
