"""The self-care library: two levels of menus, and pieces to listen to one after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from ivr.call.common_options import menu, piece
from ivr.call.nodes import Node, Option, Way

PIECES = (
    ("activity", "exercise-menu"),
    ("strength", "exercise-menu"),
    ("pelvic-tilt", "exercise-menu"),
    ("knee-raise", "exercise-menu"),
    ("press-up", "exercise-menu"),
    ("stress", "self-care"),
    ("stress-help", "self-care"),
    ("physical-therapy", "treatment-menu"),
    ("physical-therapy-more", "treatment-menu"),
    ("imaging", "treatment-menu"),
    ("imaging-when", "treatment-menu"),
    ("surgery", "treatment-menu"),
    ("surgery-when", "treatment-menu"),
    ("six-weeks", "self-care"),
    ("more", "self-care"),
)
"""Each piece, and the menu that back leads to, in the order in which next plays them."""


def library() -> Iterator[Node]:
    """The library's menus, then its pieces."""
    yield menu(
        "self-care",
        Option("1", "exercise", Way("exercise-menu")),
        Option("2", "stress", Way("stress")),
        Option("3", "treatment", Way("treatment-menu")),
        Option("4", "six-weeks", Way("six-weeks")),
        Option("5", "more", Way("more")),
        back="main-menu",
    )
    yield menu(
        "exercise-menu",
        Option("1", "activity", Way("activity")),
        Option("2", "strength", Way("strength")),
        Option("3", "pelvic-tilt", Way("pelvic-tilt")),
        Option("4", "knee-raise", Way("knee-raise")),
        Option("5", "press-up", Way("press-up")),
        back="self-care",
    )
    yield menu(
        "treatment-menu",
        Option("1", "physical-therapy", Way("physical-therapy")),
        Option("2", "imaging", Way("imaging")),
        Option("3", "surgery", Way("surgery")),
        back="self-care",
    )
    followers = [name for name, _ in PIECES[1:]]
    for (name, back), following in zip_longest(PIECES, followers):
        yield piece(name, f"library.{name}", back, following)


LIBRARY = frozenset(node.name for node in library())
"""The names of all the library's nodes."""
