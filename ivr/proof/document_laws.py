"""What must hold of every document that a caller may be sent. Each law names the path.

They know the prompts, the questions and the numbers of the line, but none of its paths:
they judge what was played to its end, what was done then, and what came next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from ivr.call.flow import ARRIVALS, SAFE_EXIT_PROMPTS
from ivr.call.lines import CARELINE
from ivr.call.nodes import (
    NO,
    Advice,
    Goodbye,
    Menu,
    Node,
    Offer,
    Piece,
    Question,
    Tier,
)
from ivr.config import VoiceLine
from ivr.proof.document_graph import Deed, Did, DocumentGraph, Step
from ivr.proof.laws import NEEDS_NO_ADVICE

DocumentLaw = Callable[[DocumentGraph], Iterator[str]]

FREE = NEEDS_NO_ADVICE - {NO}
"""The answers to a question that leave it: they count at once, and need no advice."""

HABITS = (
    Deed(Did.NOTHING, told="whoever does nothing"),
    Deed(Did.KEY, "8", told="whoever presses 8"),
    Deed(Did.WORDS, told="whoever says what nobody knows"),
)
"""What somebody may do for ever who can't be understood; 8 is offered nowhere."""

MENU = "main-menu"
"""What lies behind the questions, with all that only it leads to."""

ACCEPT = "1"
"""The key by which somebody who did not reach a nurse says so."""


@dataclass(frozen=True)
class Asked:
    """A question: the prompts that are its own, its keys, its tier, and which one it is."""

    name: str
    place: int
    own: frozenset[str]
    keys: dict[str, str]
    tier: Tier

    def was_said(self, document: Step, step: Step) -> bool:
        """Whether a step came after all that a document says of this question."""
        pages = [prompt.name for prompt in document.played if prompt.name in self.own]
        ended = [prompt.name for prompt in step.played if prompt.ended]
        return pages == [name for name in ended if name in self.own]


class Meanings:
    """What the prompts of a line mean, by the tables that they are from."""

    def __init__(self, line: VoiceLine) -> None:
        """Read the tables of both media."""
        both = [line, line.tty] if line.tty else [line]
        tables = [each.engine.table for each in both]
        nodes = [node for table in tables for node in table.values()]
        self.questions = tuple(_questions(line.engine.table.values()))
        self.advice = [node for node in nodes if isinstance(node, Advice)]
        self.goodbyes = _prompts(node for node in nodes if isinstance(node, Goodbye))
        self.numbers = _naming(both, "{careline-")
        self.emergency = _naming(both, "{emergency}")
        self.careline = frozenset(line.directory.lines[CARELINE].numbers.values())
        self.offers = _prompts(node for node in nodes if isinstance(node, Offer))
        self.sheltered = _sheltered(line.engine.table)

    def asked(self, step: Step) -> Asked | None:
        """The question that a document asks, None if it asks none."""
        played = {prompt.name for prompt in step.played}
        return next((each for each in self.questions if each.own & played), None)

    def reaches(self, step: Step) -> bool:
        """Whether a document brings the caller to somebody: it dials, names numbers, or is text."""
        return bool(step.rang or step.held or self.numbers & step.ended())

    def offers_again(self, step: Step) -> bool:
        """Whether a document offers a nurse again, behind a leg."""
        return any(prompt.name in self.offers for prompt in step.played)

    def zeroes_out(self, step: Step) -> bool:
        """Whether a document dials a nurse without another answer."""
        return bool(self.careline.intersection(step.rang))

    def advises(self, step: Step, tier: Tier) -> bool:
        """Whether a document plays all of an advice for this tier, then dials a nurse.

        No key may cut what names the emergency number.
        """
        cut = {each.name for each in step.played if each.listening}
        return self.zeroes_out(step) and any(
            step.ended() >= {*node.prompts} and not node.uncut & cut
            for node in self.advice
            if node.tier is tier
        )

    def advice_under(self, step: Step) -> Advice | None:
        """The advice under which a step was done, None if it was under none."""
        said = {each.name for each in step.played}
        return next((node for node in self.advice if said & {*node.prompts} - node.uncut), None)

    def is_sheltered(self, step: Step) -> bool:
        """Whether a document is of those that lie behind the questions."""
        return any(prompt.name in self.sheltered for prompt in step.played)


def _questions(nodes: Iterable[Node]) -> Iterator[Asked]:
    questions = [node for node in nodes if isinstance(node, Question)]
    for place, node in enumerate(questions):
        others = _prompts(each for each in questions if each is not node)
        keys = {option.key: option.words for option in node.options}
        yield Asked(node.name, place, _prompts([node]) - others, keys, node.red_flag.tier)


def _sheltered(table: Mapping[str, Node]) -> frozenset[str]:
    """The prompts of what lies behind the menu, and of that alone."""
    front, waiting = {MENU}, [*ARRIVALS]
    while waiting:
        name = waiting.pop()
        if name not in front:
            front.add(name)
            waiting += (way.to for _, way in table[name].ways())
    front.remove(MENU)
    outside = _prompts(table[name] for name in front)
    behind = (node for name, node in table.items() if name not in front)
    return _prompts(node for node in behind if isinstance(node, Menu | Piece)) - outside


def _prompts(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(chain.from_iterable(node.played() for node in nodes))


def _naming(lines: Iterable[VoiceLine], field: str) -> frozenset[str]:
    """The prompts in which a field, or one that begins so, is read out."""
    texts = [prompts.texts for line in lines for prompts in line.prompts.values()]
    return frozenset(name for each in texts for name, text in each.items() if field in text)


def reached(graph: DocumentGraph) -> Iterator[str]:
    """A leg that nobody answers leads on to somebody, and so does whatever nobody understands.

    Somebody is a number that is dialled, or the numbers read out.
    """
    means = Meanings(graph.line)
    for step, then in graph.edges():
        if step.deed.did is Did.LEG and step.deed.what != "completed" and not means.reaches(then):
            yield f"nobody is tried next: {graph.told(step)}"
    for habit in HABITS:
        for document in _in_a_circle(graph, means, habit):
            yield f"{habit.told} comes to nobody: {graph.told(graph.plain(document))}"


def _in_a_circle(graph: DocumentGraph, means: Meanings, habit: Deed) -> list[int]:
    """The documents from which a habit may lead on for ever."""
    onward = {number: _by_habit(steps, habit) for number, steps in graph.steps.items()}
    done = {
        number
        for number in graph.steps
        if means.reaches(graph.plain(number)) or graph.plain(number).end
    }
    grew = True
    while grew:
        ahead = {
            number
            for number, leads in onward.items()
            if all(each in done or each not in graph.steps for each in leads)
        }
        grew = not ahead <= done
        done |= ahead
    return [number for number in graph.steps if number not in done]


def _by_habit(steps: tuple[Step, ...], habit: Deed) -> tuple[int, ...]:
    """Where a habit leads, at the last place of a document at which it counts."""
    kept = [
        step
        for step in steps
        if step.taken and (step.deed.did, step.deed.what) == (habit.did, habit.what)
    ]
    return (kept or steps[:1])[-1].leads


def nobody_dropped(graph: DocumentGraph) -> Iterator[str]:
    """A call ends behind a goodbye, or behind the numbers of the safe exit; never else.

    What was written to a caller in text is not said again by the document that hangs up.
    """
    means = Meanings(graph.line)
    spoken = {target for step in graph.all_steps() if not step.held for target in step.leads}
    for step in graph.all_steps():
        if not step.end or step.deed.did is Did.HUNG_UP:
            continue
        last = step.played[-1:]
        intended = means.goodbyes | {SAFE_EXIT_PROMPTS[-1]}
        if any(each.ended and each.name in intended for each in last):
            continue
        if last or step.source in spoken or step.source in graph.arrivals:
            yield f"the caller is dropped ({step.end}): {graph.told(step)}"


def heard_before_answered(graph: DocumentGraph) -> Iterator[str]:
    """An answer counts only once its question was said to its end, and no question is skipped.

    What comes sooner leads to the same question. The keys that leave a question are free.
    """
    means = Meanings(graph.line)
    for step, then in graph.edges():
        if step.held or step.deed.did in {Did.LEG, Did.MOVED}:
            continue
        asks, next_one = means.asked(graph.plain(step.source)), means.asked(then)
        meant = _meant(asks, step)
        if next_one is asks or (meant in FREE and not (next_one and next_one.place)):
            continue
        if asks and step.taken and not asks.was_said(graph.plain(step.source), step):
            yield f"{asks.name} is answered before it was said: {graph.told(step)}"
        elif next_one and next_one.place != (asks.place + 1 if asks else 0):
            yield f"{next_one.name} is asked out of turn: {graph.told(step)}"


def _meant(asked: Asked | None, step: Step) -> str | None:
    """The words of the answer that was given to a question, None if that is no answer to it."""
    if asked is None or not step.taken:
        return None
    if step.deed.did is Did.KEY:
        return asked.keys.get(step.deed.what)
    return step.deed.what or None


def nurse_one_key_away(graph: DocumentGraph) -> Iterator[str]:
    """Wherever an answer is listened for, 0 dials a nurse, and nothing is asked before.

    Behind the last number of a hunt, which was dialled just now, it reads the numbers out.
    """
    means = Meanings(graph.line)
    for step in graph.all_steps():
        zero = (step.deed.did, step.deed.what) == (Did.KEY, "0")
        if not zero or not step.offered:
            continue
        offer = means.offers_again(graph.plain(step.source))
        holds = means.reaches if offer else means.zeroes_out
        known = [graph.plain(target) for target in step.leads if target in graph.steps]
        asks = not offer and any(each.listened for each in known)
        if not step.taken or not step.leads or asks or not all(map(holds, known)):
            yield f"0 does not reach a nurse: {graph.told(step)}"


def no_circle(graph: DocumentGraph) -> Iterator[str]:
    """No documents follow each other for ever without the caller being listened to, or a dial.

    Nor does a question for ever come back that a key cuts short.
    """
    means = Meanings(graph.line)
    alone = {
        number: graph.plain(number).leads
        for number in graph.steps
        if not _waits(graph.plain(number))
    }
    early: dict[int, set[int]] = {}
    for step, then in graph.edges():
        asks = means.asked(graph.plain(step.source))
        by_key = step.taken and step.deed.did is Did.KEY
        cut = asks and by_key and not asks.was_said(graph.plain(step.source), step)
        if cut and _meant(asks, step) not in FREE and means.asked(then) is asks:
            early.setdefault(step.source, set()).add(graph.plain(then.source).source)
    for number in _on_a_circle(alone):
        yield f"documents lead in a circle: {graph.told(graph.plain(number))}"
    for number in _on_a_circle(early):
        yield f"a question is cut short for ever: {graph.told(graph.plain(number))}"


def _waits(step: Step) -> bool:
    return step.listened or step.held or bool(step.rang)


def _on_a_circle(onward: Mapping[int, Iterable[int]]) -> list[int]:
    """The documents from which one can go on for ever."""
    left = {number: set(leads) for number, leads in onward.items()}
    while ended := [number for number, leads in left.items() if not leads & left.keys()]:
        for number in ended:
            del left[number]
    return [*left]


def advice_before_library(graph: DocumentGraph) -> Iterator[str]:
    """Whatever is no no to a question is advised in full; only the last no leads to the menu."""
    means = Meanings(graph.line)
    for step, then in graph.edges():
        source = graph.plain(step.source)
        if step.held or step.deed.did in {Did.LEG, Did.MOVED}:
            continue
        asks = means.asked(source)
        meant = _meant(asks, step)
        onward = means.asked(_behind_stream(graph, then))
        leaves = asks is not None and onward is not asks and meant not in {*FREE, NO}
        if asks and leaves and not means.advises(then, asks.tier):
            yield f"no advice, then a nurse: {graph.told(step)}"
        last_no = asks is not None and asks is means.questions[-1] and meant == NO
        if means.is_sheltered(then) and not means.is_sheltered(source) and not last_no:
            yield f"the menu or the library comes too soon: {graph.told(step)}"


def _behind_stream(graph: DocumentGraph, then: Step) -> Step:
    """What is asked behind a stream that holds the call, if one does: the same as is read in it."""
    behind = [graph.plain(target) for target in then.leads if target in graph.steps]
    return behind[0] if then.held and behind else then


def no_key_gets_past_advice(graph: DocumentGraph) -> Iterator[str]:
    """Under advice 0 dials a nurse, told of the emergency number; any other key brings it uncut."""
    means = Meanings(graph.line)
    for step, then in graph.edges():
        advice = means.advice_under(step)
        if advice is None or step.deed.did is not Did.KEY or not step.taken:
            continue
        uncut = {each.name for each in then.played if each.ended and not each.listening}
        heard = means.emergency & uncut if step.deed.what == "0" else uncut >= {*advice.prompts}
        if not heard or not means.zeroes_out(then):
            yield f"a key gets past advice: {graph.told(step)}"


def reached_means_talked_to(graph: DocumentGraph) -> Iterator[str]:
    """Behind a leg that was not bridged the hunt goes on; behind one that was, there is an offer.

    Whoever still holds the line then hears what to do in an emergency, and may press 1 to
    be put through again, before any goodbye.
    """
    means = Meanings(graph.line)
    for step, then in graph.edges():
        if step.deed.did is not Did.LEG or step.deed.what != "completed" or then.held:
            continue
        if step.deed.bridged == "false":
            if not means.reaches(then):
                yield f"nobody was reached, and nobody is tried next: {graph.told(step)}"
        elif not then.listened:
            yield f"nobody is asked whether a nurse was reached: {graph.told(step)}"
        elif not means.emergency & then.ended():
            yield f"the offer does not name the emergency number: {graph.told(step)}"
        elif graph.was_tried(then.source) and not _accepts(graph, means, then):
            yield f"{ACCEPT} does not put through again: {graph.told(step)}"


def _accepts(graph: DocumentGraph, means: Meanings, offer: Step) -> bool:
    """Whether the key leads to somebody, wherever it is pressed in an offer."""
    pressed = [
        step
        for step in graph.steps[offer.source]
        if step.taken and (step.deed.did, step.deed.what) == (Did.KEY, ACCEPT)
    ]
    leads = [graph.plain(to) for step in pressed for to in step.leads if to in graph.steps]
    return bool(pressed) and all(means.reaches(each) for each in leads)


def nothing_to_warn_of(graph: DocumentGraph) -> Iterator[str]:
    """Every answer is a document without a fault, and none takes the safe exit unasked."""
    for number in graph.steps:
        for fault in graph.faults[number]:
            yield f"{fault}: {graph.told(graph.plain(number))}"
    for step, then in graph.edges():
        played = {prompt.name for prompt in then.played}
        asked_for = step.deed.did is Did.MOVED and "safe-exit" in step.deed.what
        if SAFE_EXIT_PROMPTS[0] in played and not asked_for:
            yield f"the safe exit is taken: {graph.told(step)}"


DOCUMENT_LAWS: tuple[DocumentLaw, ...] = (
    reached,
    nobody_dropped,
    heard_before_answered,
    nurse_one_key_away,
    no_circle,
    advice_before_library,
    no_key_gets_past_advice,
    reached_means_talked_to,
    nothing_to_warn_of,
)
