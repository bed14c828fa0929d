"""What the schema says of an element: what it may have, and whether it is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from offhook.interpreter.schema.values import ANYTHING


@dataclass(frozen=True)
class Attribute:
    """An attribute's values, and its documented default ("" for none)."""

    values: re.Pattern[str]
    default: str = ""
    run: bool = True
    """Whether the simulator acts on it."""
    note: str = ""
    """What it leaves out, what is (unsure), or a limit."""


@dataclass(frozen=True)
class Verb:
    """What an element may have: attributes, children, text."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: bool = False
    run: bool = True
    """Whether the simulator runs it; a call passes over what it does not."""
    note: str = ""


def unused(values: re.Pattern[str] = ANYTHING, default: str = "", note: str = "") -> Attribute:
    """An attribute that is checked, and not acted on."""
    return Attribute(values, default, run=False, note=note)


def unchecked(names: str) -> dict[str, Attribute]:
    """Attributes whose names are known, and whose values are neither checked nor acted on."""
    return dict.fromkeys(names.split(), unused())
