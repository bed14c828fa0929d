"""What must hold of every call. Each law yields its violations, and names the path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from ivr.call.common_options import EVERYWHERE
from ivr.call.engine import Dial, DialEnded, Early, HangUp, Heard, Key, Position, Silence, Words
from ivr.call.flow import EMERGENCY_PROMPTS, EXHAUSTED
from ivr.call.library import LIBRARY
from ivr.call.lines import CARELINE
from ivr.call.nodes import (
    NO,
    YES,
    Advice,
    Ask,
    Confirm,
    Medium,
    Number,
    Offer,
    Option,
    Outcome,
    Question,
    Tier,
    Transfer,
)
from ivr.call.on_tty import CLOSING, RIGHT
from ivr.proof.explore import GIBBERISH, REFERENCE, Edge, Graph

TELEPHONE_KEYS = frozenset("0123456789*#")

Law = Callable[[Graph], Iterator[str]]

MAX_OPTIONS = 5
"""Numbered options a menu may have; more than five are not remembered by ear."""

NUMBERED = frozenset("12345678")
"""The keys that a menu may number its options with; 0 and 9 have their own meaning."""

SHELTERED = LIBRARY | {"main-menu"}
"""Where nobody may get before six noes, or before the advice was heard."""

ANSWERS = frozenset((YES, NO, "not-sure"))
"""The words of the options that answer a question."""

NEEDS_NO_ADVICE = frozenset(
    (NO, "nurse", "interpreter", "crisis", "tty", "repeat", "voice", CLOSING)
)
"""The answers to a question that may go on without advice."""

EMERGENCY = "emergency"
"""The prompt that says what to do in an emergency."""


def no_dead_end(graph: Graph) -> Iterator[str]:
    """The line hangs up on who is silent after a leg, or on one who closes; never else."""
    for edge in graph.all_edges():
        if isinstance(edge.turn.then, HangUp) and not (_is_done(graph, edge) or _closes(edge)):
            yield f"the line hangs up on {described(graph, edge)}"


def _is_done(graph: Graph, edge: Edge) -> bool:
    """Whether it is taken by silence at an offer."""
    source = edge.source and graph.engine.table[edge.source.node]
    return isinstance(source, Offer) and edge.heard == Silence()


def reached_means_talked_to(graph: Graph) -> Iterator[str]:
    """After every leg that was put through, a nurse is offered again, the emergency first."""
    put_through = (DialEnded(Outcome.COMPLETED), DialEnded(Outcome.SHORT))
    for edge in graph.all_edges():
        if edge.heard in put_through and not _offers(graph, edge):
            yield f"no nurse is offered again after {described(graph, edge)}"


def _offers(graph: Graph, edge: Edge) -> bool:
    told = edge.turn.utterances and edge.turn.utterances[0].prompt == EMERGENCY
    return bool(told) and isinstance(graph.engine.table[edge.turn.position.node], Offer)


def a_leg_that_dropped_rings_once_more(graph: Graph) -> Iterator[str]:
    """Who is silent after a short leg is put through again, once."""
    dialled = {edge.turn.position for edge in graph.all_edges() if not _is_done(graph, edge)}
    offers = {
        edge.turn.position: edge
        for edge in graph.all_edges()
        if edge.heard == DialEnded(Outcome.SHORT) and edge.source in dialled
    }
    for position, edge in offers.items():
        rung = (each.turn.then for each in graph.edges[position] if each.heard == Silence())
        if not all(isinstance(then, Dial) for then in rung):
            yield f"nobody is rung once more after silence behind {described(graph, edge)}"


def _closes(edge: Edge) -> bool:
    return edge.option is not None and edge.option.words == CLOSING


def person_one_key_away(graph: Graph) -> Iterator[str]:
    """Wherever the line listens, 0 dials the CareLine; after its last number, reads them out."""
    for position, edges in graph.edges.items():
        zero_outs = [edge for edge in edges if edge.heard in {Key("0"), Early("0")}]
        if _listens(edges) and not all(_zeroes_out(graph, edge) for edge in zero_outs):
            yield f"0 does not reach a nurse at {place(position)}"


def _zeroes_out(graph: Graph, edge: Edge) -> bool:
    source = edge.source and graph.engine.table[edge.source.node]
    if not isinstance(source, Offer):
        return dials_careline(graph, edge)
    node = graph.engine.table[edge.turn.position.node]
    return node.name in EXHAUSTED or (isinstance(node, Transfer) and node.line == CARELINE)


def advice_before_anything_else(graph: Graph) -> Iterator[str]:
    """A yes, a not sure or an unanswered question leads straight to the flag's own advice.

    Or to its confirmation, which then does.
    """
    for node, edge in _answers_to_questions(graph):
        if not _is_advised(graph, edge, node.red_flag.tier) and not _is_free(graph, edge, node):
            yield f"no advice for its tier, then a nurse, on {described(graph, edge)}"


def _is_free(graph: Graph, edge: Edge, node: Question) -> bool:
    """Whether an answer needs no advice: it is asked for again, read back, or is none of those."""
    option = edge.option
    if option is None:
        return edge.turn.position.node == node.name
    return option.words in NEEDS_NO_ADVICE or _confirms(graph, edge, node.name, option.words)


def red_flags_are_confirmed_on_a_tty(graph: Graph) -> Iterator[str]:
    """On a TTY a no, and what may be misread, is read back; only a yes then makes it count.

    A yes, or not sure, that is a word of its own is not: nobody is hurt by it.
    """
    if graph.engine.medium is not Medium.TTY:
        return
    for node, edge in _answers_to_questions(graph):
        option = edge.option
        if option is None or option.words not in ANSWERS:
            continue
        clear = option.words != NO and _is_a_phrase(graph, edge, option)
        confirms = _confirms(graph, edge, node.name, option.words)
        if not clear and not confirms:
            yield f"counts without being read back: {described(graph, edge)}"
        if clear and confirms:
            yield f"is read back though it is clear: {described(graph, edge)}"
    for position, edges in graph.edges.items():
        confirm = graph.engine.table[position.node]
        if isinstance(confirm, Confirm):
            yield from _misread_confirmations(graph, position, confirm, edges)


def _misread_confirmations(
    graph: Graph, position: Position, node: Confirm, edges: tuple[Edge, ...]
) -> Iterator[str]:
    for edge in edges:
        option = edge.option
        words = option.words if option else ""
        stays = edge.turn.position.node in {position.node, node.question}
        advised = _is_advised(graph, edge, node.red_flag.tier)
        free = words in NEEDS_NO_ADVICE - {NO}
        confirmed = words in {YES, RIGHT} and node.answer == NO
        if not (confirmed or stays or advised or free):
            yield f"an answer that was not confirmed counts: {described(graph, edge)}"


def _is_a_phrase(graph: Graph, edge: Edge, option: Option) -> bool:
    """Whether an edge is taken by words of an option, and by nothing else that was said."""
    phrases = graph.engine.vocabularies[graph.language].phrases[option.words]
    return isinstance(edge.heard, Words) and edge.heard.text in phrases


def _confirms(graph: Graph, edge: Edge, question: str, answer: str) -> bool:
    """Whether an edge leads to where this answer to this question is read back."""
    node = graph.engine.table[edge.turn.position.node]
    return isinstance(node, Confirm) and (node.question, node.answer) == (question, answer)


def advice_names_the_emergency_number(graph: Graph) -> Iterator[str]:
    """Every advice says when to dial the emergency number."""
    for node in graph.engine.table.values():
        if isinstance(node, Advice) and EMERGENCY_PROMPTS.isdisjoint(node.prompts):
            yield f"{node.name} does not say what to do in an emergency"


def nobody_misses_the_emergency_number(graph: Graph) -> Iterator[str]:
    """No key interrupts what says when to dial it; 0 under advice reaches a nurse, told so."""
    for edge in graph.all_edges():
        cut = [each.prompt for each in edge.turn.utterances if each.early]
        if isinstance(edge.turn.then, Dial) and not EMERGENCY_PROMPTS.isdisjoint(cut):
            yield f"a key interrupts the emergency number: {described(graph, edge)}"
        node = edge.source and graph.engine.table[edge.source.node]
        if isinstance(node, Advice) and isinstance(edge.heard, Early):
            heard = {each.prompt for each in edge.turn.utterances if each.in_full}
            told = {EMERGENCY} if edge.heard.key == "0" else {*node.prompts}
            if not dials_careline(graph, edge) or not told <= heard:
                yield f"no advice in full, or no nurse, after {described(graph, edge)}"


def library_behind_the_questions(graph: Graph) -> Iterator[str]:
    """Without a no to every question, nobody gets further before the advice was heard."""
    for node in _questions(graph):
        path = _way_around(graph, node.name)
        if path:
            yield f"without a no to {node.name}, a caller gets past it: {told(path)}"


def _way_around(graph: Graph, question: str) -> tuple[Edge, ...] | None:
    """A path past a question without a no to it and without advice, None if there is none."""

    def is_around(edge: Edge) -> bool:
        return not _is_no_at(edge, question) and not hears_advice(graph, edge)

    return graph.path(lambda edge: edge.turn.position.node in SHELTERED, is_around)


def only_a_no_is_a_no(graph: Graph) -> Iterator[str]:
    """Nothing but a no that was pressed or said leads where a no leads."""
    after_no: dict[str, Position] = {}
    for node in _questions(graph):
        no = next(option for option in node.options if option.words == NO)
        after_no[node.name] = graph.engine.enter(graph.language, no.way, REFERENCE).position
        if not no.whole:
            yield f"a no inside other words counts at {node.name}"
    for node, edge in _answers_to_questions(graph):
        as_no = edge.turn.position == after_no[node.name]
        if as_no and not _is_no_at(edge, node.name):
            yield f"taken for a no: {described(graph, edge)}"


def what_was_not_said_is_not_answered(graph: Graph) -> Iterator[str]:
    """While a question is said, no key answers it; what comes too early brings it in full."""
    for edge in graph.all_edges():
        node = graph.engine.table[edge.turn.position.node]
        if isinstance(node, Question | Confirm):
            *question, _ = edge.turn.utterances
            if not question or not all(each.early or each.in_full for each in question):
                yield f"an answer counts before its question was said: {described(graph, edge)}"
        too_early = isinstance(edge.heard, Early) and edge.heard.key not in EVERYWHERE
        source = edge.source and graph.engine.table[edge.source.node]
        if too_early and isinstance(source, Question | Confirm):
            heard = {each.prompt for each in edge.turn.utterances if each.in_full}
            asked = source.asks[edge.turn.position.attempt - 1][:-1]
            if edge.turn.position != edge.source or not heard.issuperset(asked):
                yield f"the question is not said in full after {described(graph, edge)}"


def every_loop_has_an_exit(graph: Graph) -> Iterator[str]:
    """From every state a call can still come to its end."""
    finished = {position for position, edges in graph.edges.items() if not edges}
    grew = True
    while grew:
        ahead = {
            position
            for position, edges in graph.edges.items()
            if any(edge.turn.position in finished for edge in edges)
        }
        grew = not ahead <= finished
        finished |= ahead
    for position in graph.edges.keys() - finished:
        yield f"no call ever ends from {place(position)}"


def whoever_does_not_answer_comes_to_a_person(graph: Graph) -> Iterator[str]:
    """Silence, wrong keys and words nobody knows come to a transfer from everywhere."""
    for heard in (Silence(), Key("22"), GIBBERISH):
        for start in _in_a_circle(graph, heard):
            yield f"no transfer is reached by {heard} from {place(start)}"


def every_hunt_ends(graph: Graph) -> Iterator[str]:
    """Legs that all fail come to a place where the line listens again."""
    for outcome in (Outcome.BUSY, Outcome.NO_ANSWER, Outcome.FAILED):
        for start in _in_a_circle(graph, DialEnded(outcome)):
            yield f"the hunt from {place(start)} never ends when each leg is {outcome}"


def _in_a_circle(graph: Graph, heard: Heard) -> list[Position]:
    """The positions from which the same thing, heard again and again, may lead on for ever."""
    onward = {
        position: {edge.turn.position for edge in edges if edge.heard == heard}
        for position, edges in graph.edges.items()
    }
    ended = {position for position, following in onward.items() if not following}
    grew = True
    while grew:
        ahead = {position for position, following in onward.items() if following <= ended}
        grew = not ahead <= ended
        ended |= ahead
    return [position for position in onward if position not in ended]


def few_options(graph: Graph) -> Iterator[str]:
    """A menu has at most five numbered options, and each key leads to one thing."""
    for node in graph.engine.table.values():
        keys = [option.key for option in getattr(node, "options", ()) if option.key]
        if len([key for key in keys if key in NUMBERED]) > MAX_OPTIONS:
            yield f"{node.name} has more than {MAX_OPTIONS} options"
        if len(set(keys)) < len(keys):
            yield f"{node.name} has a key twice"


def what_is_offered_can_be_pressed(graph: Graph) -> Iterator[str]:
    """The key of an option is one that a telephone has, and no other option's there."""
    for node in graph.engine.table.values():
        options = node.options if isinstance(node, Ask) else ()
        for key, count in Counter(each.key for each in options if each.key).items():
            if key not in TELEPHONE_KEYS or count > 1:
                what = "stands for two options" if count > 1 else "is on no telephone"
                yield f"the key {key} {what}, at {node.name}"


LAWS: tuple[Law, ...] = (
    no_dead_end,
    reached_means_talked_to,
    a_leg_that_dropped_rings_once_more,
    person_one_key_away,
    advice_before_anything_else,
    red_flags_are_confirmed_on_a_tty,
    advice_names_the_emergency_number,
    nobody_misses_the_emergency_number,
    library_behind_the_questions,
    only_a_no_is_a_no,
    what_was_not_said_is_not_answered,
    every_loop_has_an_exit,
    whoever_does_not_answer_comes_to_a_person,
    every_hunt_ends,
    few_options,
    what_is_offered_can_be_pressed,
)


def hears_advice(graph: Graph, edge: Edge, tier: Tier | None = None) -> bool:
    """Whether all prompts of an advice (for this tier, if given) are heard in full on an edge."""
    heard = {each.prompt for each in edge.turn.utterances if each.in_full or each.early}
    advice = (node for node in graph.engine.table.values() if isinstance(node, Advice))
    return any(heard >= set(node.prompts) for node in advice if tier is None or node.tier is tier)


def dials_careline(graph: Graph, edge: Edge) -> bool:
    """Whether an edge dials a nurse at the CareLine, on a number that fits the medium."""
    node = graph.engine.table[edge.turn.position.node]
    if not isinstance(edge.turn.then, Dial) or not isinstance(node, Transfer):
        return False
    fits = (node.number is Number.TTY) == (graph.engine.medium is Medium.TTY)
    return node.line == CARELINE and fits


def place(position: Position) -> str:
    """A position in words."""
    return f"{position.node}, attempt {position.attempt}"


def described(graph: Graph, edge: Edge) -> str:
    """An edge in words, with the shortest path to it."""
    path = graph.path(lambda other: other is edge, lambda _: True) or (edge,)
    return f"{edge.label} at {edge.source and place(edge.source)}: {told(path)}"


def told(path: tuple[Edge, ...]) -> str:
    """A path as the caller walks it."""
    return " ".join(f"-[{edge.label}]-> {edge.turn.position.node}" for edge in path)


def _questions(graph: Graph) -> Iterator[Question]:
    for node in graph.engine.table.values():
        if isinstance(node, Question):
            yield node


def _answers_to_questions(graph: Graph) -> Iterator[tuple[Question, Edge]]:
    for position, edges in graph.edges.items():
        node = graph.engine.table[position.node]
        if isinstance(node, Question):
            for edge in edges:
                yield node, edge


def _is_advised(graph: Graph, edge: Edge, tier: Tier) -> bool:
    """Whether an edge dials a nurse after the advice for this tier."""
    return dials_careline(graph, edge) and hears_advice(graph, edge, tier)


def _listens(edges: tuple[Edge, ...]) -> bool:
    return any(isinstance(edge.heard, Key) for edge in edges)


def _is_no_at(edge: Edge, question: str) -> bool:
    if edge.source is None or edge.source.node != question:
        return False
    return edge.option is not None and edge.option.words == NO
