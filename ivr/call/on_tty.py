"""The table for a caller on a TTY: the voice table, with what differs.

- A no to a red-flag question is read back before it counts, and so is any other answer
  that was not clearly received: one wrong tone turns a 1 into a 2.
- The services' TTY numbers are dialled in place of their voice numbers.
- 9 leads back to the voice line, and a caller may close the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from ivr.call.common_options import EVERYWHERE, early, offered, silence, unmatched
from ivr.call.flow import CALL_A_TTY, MUST_NAME, START, TONES_COME
from ivr.call.nodes import (
    ATTEMPTS,
    NO,
    YES,
    Ask,
    Confirm,
    Handover,
    Medium,
    Node,
    Option,
    Question,
    Way,
)

A = TypeVar("A", bound=Ask)

TTY_NUMBERS = {
    "careline-local": "careline-tty",
    "careline-toll-free": "careline-tty",
    "navigator-local": "navigator-tty",
    "navigator-toll-free": "navigator-tty",
}
"""The transfer that takes the place of each transfer by voice."""

NOT_IN_TEXT = frozenset((TONES_COME, CALL_A_TTY))
"""What is not said to somebody who has come to the text: the burst, and that it comes."""

TO_VOICE = Option("9", "voice", Way("voice", say=("to-voice",)), whole=True)
"""Whole: who writes of having no voice does not ask for the voice line."""

GO_AHEAD = "GA"
"""Ends a turn on a TTY: the other one may type."""

HANGING_UP = "SKSK"
"""Ends a call on a TTY."""

BY_KEY = "by-key.question"
BY_KEY_OTHER = "by-key.other"
LINE_FAILED = "line-failed"
MORE_TO_READ = "more-to-read"
TAKE_YOUR_TIME = "take-your-time"
TIME_WARNING = "time-warning"
EDGE_PROMPTS = frozenset(
    (BY_KEY, BY_KEY_OTHER, CALL_A_TTY, LINE_FAILED, MORE_TO_READ, TAKE_YOUR_TIME, TIME_WARNING)
)
"""What is said beside the table's own prompts: on the voice line, where keys answer, after
a broken connection, between two pages, to one who asks for more time, before it runs out."""

RIGHT = "right"
WRONG = "wrong"
"""The words besides yes and no that answer a read-back, and nothing else: OK is no yes."""

MORE_TIME = "more-time"
CARRY_OVER = "carry-over"
HELLO = "hello"
EDGE_WORDS = frozenset((MORE_TIME, CARRY_OVER, HELLO))
"""What may be said wherever the line listens, without a step in the table."""

CLOSING = "closing"
"""The words of who closes the call; and what nobody who does goes without: a nurse's number."""

WORDS_EVERYWHERE = frozenset((CLOSING, *(option.words for option in offered(""))))
"""The words that count wherever the line listens, whatever it asks."""

MUST_NAME_ON_TTY: Mapping[str, frozenset[str]] = {
    **MUST_NAME,
    CLOSING: frozenset({"careline-tty"}),
    "safe-exit.after": frozenset({"careline-tty"}),
}
"""The fields without which a prompt does not say on a TTY what it is there for."""


def closing(*advice: str) -> Option:
    """The caller types SK, and is told how to get help before the goodbye."""
    return Option("", CLOSING, Way("goodbye", say=(*advice, "emergency", CLOSING)), whole=True)


def is_everywhere(option: Option) -> bool:
    """Whether an option is offered wherever the line listens: it answers no question."""
    return option.key in EVERYWHERE or option.words in WORDS_EVERYWHERE


def on_tty(table: Mapping[str, Node], *, read_back: bool = True) -> Mapping[str, Node]:
    """The table that callers on a TTY are led by, made from the voice table.

    Without `read_back` it is for answers by key and by voice alone, which no lost tone
    turns into others: they count as they do on the voice line.
    """
    nodes = [_node(node) for node in table.values()]
    if read_back:
        nodes = [each for node in nodes for each in (_read_back(node), *_confirmations(node))]
    nodes.append(Handover("voice", Medium.VOICE, START, otherwise=Way(START)))
    changed = {node.name: node for node in nodes}
    reached = _reached(changed)
    return MappingProxyType({name: node for name, node in changed.items() if name in reached})


def _node(node: Node) -> Node:
    return _ask(node) if isinstance(node, Ask) else node.with_ways(_way)


def _ask(node: A, *advice: str) -> A:
    """The node with its ways; `advice` is what somebody is told first who closes the call."""
    there = node.with_ways(_way)
    options = (TO_VOICE if each.words == "tty" else each for each in there.options)
    return replace(there, options=(*options, closing(*advice)))


def _way(way: Way) -> Way:
    """The way, to a TTY number, and without what is not for the text."""
    say = tuple(prompt for prompt in way.say if prompt not in NOT_IN_TEXT)
    return replace(way, to=TTY_NUMBERS.get(way.to, way.to), say=say)


def _read_back(node: Node) -> Node:
    """A question with its answers leading to their confirmations; other nodes as they are.

    Only a no is dangerous if it was not meant. So a yes, or not sure, has a way of its own
    where it was clearly received; that option has no key, for a key is one wrong tone away.
    """
    if not isinstance(node, Question):
        return node
    clear = (
        replace(option, key="", whole=True, decisive=False)
        for option in node.options
        if _answers(option) and option.words != NO
    )
    options = (
        replace(option, way=Way(_confirmation(node, option))) if _answers(option) else option
        for option in node.options
    )
    return replace(node, options=(*clear, *options))


def _answers(option: Option) -> bool:
    """Whether a question's option answers it, and is no key that works everywhere."""
    return bool(option.key) and option.key not in EVERYWHERE


def _confirmation(question: Question, option: Option) -> str:
    return f"{question.name}-{option.words}"


def _confirmations(node: Node) -> Iterator[Confirm]:
    """A question's confirmations, one for each answer: yes, it counts; no, it is asked again.

    Who does not confirm a no is taken for somebody who did not answer; who does not
    confirm a yes, or a not sure, for somebody who gave it.
    """
    if not isinstance(node, Question):
        return
    nurse = next(option.way for option in node.options if option.key == "0")
    for answer in filter(_answers, node.options):
        name, keys = _confirmation(node, answer), "confirm.keys"
        read_back = f"confirm.{answer.words}"
        given_up = node.silence[-1] if answer.words == NO else answer.way
        confirm = Confirm(
            name,
            ((read_back, keys), *((f"{node.name}.ask", read_back, keys),) * (ATTEMPTS - 1)),
            (
                Option("1", YES, answer.way, whole=True),
                Option("2", NO, Way(node.name), whole=True),
                Option("", RIGHT, answer.way, whole=True),
                Option("", WRONG, Way(node.name), whole=True),
                *offered(name, nurse=nurse),
            ),
            silence(name, given_up),
            unmatched(name, given_up),
            early=early(name),
            question=node.name,
            answer=answer.words,
            red_flag=node.red_flag,
        )
        advice = (f"{node.name}.sign", f"advice.{node.red_flag.tier}")
        yield _ask(confirm) if answer.words == NO else _ask(confirm, *advice)


def _reached(table: Mapping[str, Node]) -> frozenset[str]:
    """The nodes to which a call can come."""
    reached, waiting = set[str](), [START]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += (way.to for _, way in table[name].ways())
    return frozenset(reached)
