"""Which option an answer chooses that is keyed by hand on a TTY: for benchmarks."""

from __future__ import annotations

import numpy as np
from keyed_text import Line, received

from ivr.call.nodes import Ask, Option
from ivr.config import VoiceLine
from ivr.text.answer_decoder import Meant, is_finished, read


def chosen(
    tty: VoiceLine, node: str, typed: str, line: Line, chances: np.random.Generator
) -> str | None:
    """The words of the option that a keyed answer chooses; None if it is asked again."""
    option = option_chosen(tty, node, typed, line, chances)
    return option.words if option else None


def option_chosen(
    tty: VoiceLine, node: str, typed: str, line: Line, chances: np.random.Generator
) -> Option | None:
    """The option that a keyed answer chooses; None if it is asked again."""
    asked = tty.engine.table[node]
    assert isinstance(asked, Ask)
    characters = received(typed, line, chances)
    meant = read(characters, asked.options, tty.prompts["en"].vocabulary)
    if isinstance(meant, Meant) or not (characters and (is_finished(characters) or meant)):
        return None
    key = getattr(meant, "key", None)
    if key is not None:
        return next(option for option in asked.options if option.key == key)
    return tty.prompts["en"].vocabulary.choose(getattr(meant, "text", ""), asked.options)
