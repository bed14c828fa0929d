"""The keys that a prompt may name: those of the options where it is played.

A prompt names an option, `For yes, press {yes}.`, and the table has the key: so what is
said can't drift from what a key does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from ivr.call.nodes import (
    Ask,
    Gate,
    Goodbye,
    Handover,
    Message,
    Node,
    Transfer,
    names,
)

Places = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Where each prompt is played: by node, the key of each option that is offered there."""


def places(table: Mapping[str, Node]) -> Places:
    """Where the prompts of a table are played: at the node that listens under or behind them.

    A node that listens to no key offers none.
    """
    found: defaultdict[str, dict[str, Mapping[str, str]]] = defaultdict(dict)
    for prompts, node in _played(table):
        for prompt in prompts:
            found[prompt][node.name] = keys_of(node)
    return dict(found)


def everywhere(table: Mapping[str, Node]) -> Mapping[str, Mapping[str, str]]:
    """Every node that listens, for a prompt that may be played at any of them."""
    return {node.name: keys_of(node) for node in table.values() if isinstance(node, Ask)}


def keys_of(node: Node) -> Mapping[str, str]:
    """The keys that a node listens to, by the names of their options."""
    options = node.options if isinstance(node, Ask) else ()
    return {option.words: option.key for option in options if option.key}


def _played(table: Mapping[str, Node]) -> Iterator[tuple[Iterable[str], Node]]:
    """Prompts, each time with a node at which they are played."""
    for node in table.values():
        match node:
            case Ask():
                yield from ((names(asked), node) for asked in node.asks)
            case Message():
                yield from ((node.prompts, end) for end in _ends(table, node.name))
            case Transfer():
                yield node.prompts, node
            case Gate() | Handover() | Goodbye():
                pass
            case _:
                assert_never(node)
        for _, way in node.ways():
            yield from ((way.say, end) for end in _ends(table, way.to))


def _ends(table: Mapping[str, Node], name: str) -> Iterator[Node]:
    """Where a call waits that comes to a node: behind its messages and gates."""
    node = table[name]
    match node:
        case Message():
            yield from _ends(table, node.then.to)
        case Gate():
            yield from _ends(table, node.open.to)
            yield from _ends(table, node.closed.to)
        case Ask() | Transfer() | Handover() | Goodbye():
            yield node
        case _:
            assert_never(node)
