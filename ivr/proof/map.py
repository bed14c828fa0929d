"""The call map: the table as a Mermaid flow chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ivr.call.common_options import EVERYWHERE, TO_A_PERSON
from ivr.call.flow import START, TTY_START
from ivr.call.nodes import (
    Node,
    Way,
)

UNDRAWN = EVERYWHERE | {"#", ""}

LEGEND = (
    "Not drawn: 0 dials the CareLine, 9 leads to tty, * repeats, # goes back;",
    "silence or an unknown answer asks again, and the third time a person takes over.",
)


def call_map(table: Mapping[str, Node]) -> str:
    """The flow chart of a table, in Mermaid's notation."""
    lines = ["flowchart TD", *(f"    %% {line}" for line in LEGEND)]
    lines.append(f"    call([a call]) --> {_id(START)}")
    lines.append(f"    ttycall([a TTY call]) --> {_id(TTY_START)}")
    for node in table.values():
        lines.append(f"    {_id(node.name)}{_shape(node)}")
        lines += _arrows(node)
    return "\n".join(lines) + "\n"


def _shape(node: Node) -> str:
    return node.shape.format(label=node.name.replace("-", " "))


def _arrows(node: Node) -> Iterator[str]:
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for label, way in node.ways():
        if label not in UNDRAWN and not _is_usual(node, way):
            labels[way.to].append(_label(label))
    for to, names in labels.items():
        named = ", ".join(dict.fromkeys(name for name in names if name))
        arrow = f'-->|"{named}"|' if named else "-->"
        yield f"    {_id(node.name)} {arrow} {_id(to)}"


def _is_usual(node: Node, way: Way) -> bool:
    """Asked again, or given up on as everywhere."""
    return way.to == node.name or way == TO_A_PERSON


def _label(label: str) -> str:
    if label == "then":
        return ""
    if label.startswith(("silence", "no match")):
        return "no answer"
    return label


def _id(name: str) -> str:
    return name.replace("-", "_")
