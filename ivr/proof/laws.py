"""What must hold of every call. Each law yields its violations, and names the path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.call.engine import Dial, DialEnded, HangUp, Key, Position, Silence, Words
from ivr.call.library import LIBRARY
from ivr.call.lines import CARELINE
from ivr.call.nodes import Advice, Option, Outcome, Question, Transfer
from ivr.proof.explore import Edge, Graph

Law = Callable[[Graph], Iterator[str]]

MAX_OPTIONS = 5
"""Numbered options a menu may have; more than five are not remembered by ear."""

SHELTERED = LIBRARY | {"main-menu"}
"""Where nobody may get before six noes, or before the advice was heard."""

NO = "no"
TO_A_PERSON = frozenset(("nurse", "tty"))


def no_dead_end(graph: Graph) -> Iterator[str]:
    """The line hangs up after a completed transfer, and never else."""
    for edge in graph.all_edges():
        hangs_up = isinstance(edge.turn.then, HangUp)
        if hangs_up and edge.heard != DialEnded(Outcome.COMPLETED):
            yield f"the line hangs up on {described(graph, edge)}"


def person_one_key_away(graph: Graph) -> Iterator[str]:
    """Wherever the line listens, 0 dials the CareLine."""
    for position, edges in graph.edges.items():
        zero_outs = [edge for edge in edges if edge.heard == Key("0")]
        if _listens(edges) and not all(dials_careline(graph, edge) for edge in zero_outs):
            yield f"0 does not reach a nurse at {place(position)}"


def advice_before_anything_else(graph: Graph) -> Iterator[str]:
    """A yes, a not sure or an unanswered question leads straight to advice."""
    for position, edges in graph.edges.items():
        node = graph.engine.table[position.node]
        for edge in edges if isinstance(node, Question) else ():
            stays = edge.turn.position.node == position.node
            option = chosen(graph, edge)
            free = stays or (option is not None and option.words in TO_A_PERSON | {NO})
            if not free and not hears_advice(graph, edge):
                yield f"no advice is heard on {described(graph, edge)}"


def library_behind_the_questions(graph: Graph) -> Iterator[str]:
    """Without a no to every question, nobody gets further before the advice was heard."""
    for name, node in graph.engine.table.items():
        if isinstance(node, Question):
            path = _way_around(graph, name)
            if path:
                yield f"without a no to {name}, a caller gets past it: {told(path)}"


def _way_around(graph: Graph, question: str) -> tuple[Edge, ...] | None:
    """A path past a question without a no to it and without advice, None if there is none."""

    def is_around(edge: Edge) -> bool:
        return not hears_advice(graph, edge) and not _is_no_at(graph, edge, question)

    return graph.path(lambda edge: edge.turn.position.node in SHELTERED, is_around)


def silence_is_never_a_no(graph: Graph) -> Iterator[str]:
    """Only a no that was pressed or said is a no."""
    for position, edges in graph.edges.items():
        node = graph.engine.table[position.node]
        if isinstance(node, Question):
            noes = {edge.turn for edge in edges if _is_no_at(graph, edge, node.name)}
            for edge in edges:
                if chosen(graph, edge) is None and edge.turn in noes:
                    yield f"taken for a no: {described(graph, edge)}"


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


def silence_comes_to_a_person(graph: Graph) -> Iterator[str]:
    """A caller who does nothing at all comes to a transfer, wherever they are."""
    for start in graph.edges:
        position, seen = start, set()
        while position not in seen:
            seen.add(position)
            edges = graph.edges[position]
            if not _listens(edges):
                break
            position = next(edge for edge in edges if edge.heard == Silence()).turn.position
        else:
            yield f"silence goes in a circle from {place(start)}"


def few_options(graph: Graph) -> Iterator[str]:
    """A menu has at most five numbered options, and each key leads to one thing."""
    for node in graph.engine.table.values():
        keys = [option.key for option in getattr(node, "options", ())]
        if len([key for key in keys if key in "12345678"]) > MAX_OPTIONS:
            yield f"{node.name} has more than {MAX_OPTIONS} options"
        if len(set(keys)) < len(keys):
            yield f"{node.name} has a key twice"


LAWS: tuple[Law, ...] = (
    no_dead_end,
    person_one_key_away,
    advice_before_anything_else,
    library_behind_the_questions,
    silence_is_never_a_no,
    every_loop_has_an_exit,
    silence_comes_to_a_person,
    few_options,
)


def chosen(graph: Graph, edge: Edge) -> Option | None:
    """The option that an edge takes, None if what was heard is no option."""
    if edge.source is None:
        return None
    options = getattr(graph.engine.table[edge.source.node], "options", ())
    match edge.heard:
        case Key(key):
            return next((option for option in options if option.key == key), None)
        case Words(text):
            return graph.engine.vocabularies[graph.language].choose(text, options)
        case _:
            return None


def hears_advice(graph: Graph, edge: Edge) -> bool:
    """Whether all prompts of an advice are heard in full on an edge."""
    heard = {utterance.prompt for utterance in edge.turn.utterances if utterance.in_full}
    advice = (node for node in graph.engine.table.values() if isinstance(node, Advice))
    return any(heard >= set(node.prompts) for node in advice)


def dials_careline(graph: Graph, edge: Edge) -> bool:
    """Whether an edge dials a nurse at the CareLine."""
    node = graph.engine.table[edge.turn.position.node]
    dials = isinstance(edge.turn.then, Dial)
    return dials and isinstance(node, Transfer) and node.line == CARELINE


def place(position: Position) -> str:
    """A position in words."""
    return f"{position.node}, attempt {position.attempt}"


def described(graph: Graph, edge: Edge) -> str:
    """An edge in words, with the shortest path to it."""
    path = graph.path(lambda other: other == edge, lambda _: True) or (edge,)
    return f"{edge.label} at {edge.source and place(edge.source)}: {told(path)}"


def told(path: tuple[Edge, ...]) -> str:
    """A path as the caller walks it."""
    return " ".join(f"-[{edge.label}]-> {edge.turn.position.node}" for edge in path)


def _listens(edges: tuple[Edge, ...]) -> bool:
    return any(isinstance(edge.heard, Key) for edge in edges)


def _is_no_at(graph: Graph, edge: Edge, question: str) -> bool:
    option = chosen(graph, edge)
    at_question = edge.source is not None and edge.source.node == question
    return at_question and option is not None and option.words == NO
