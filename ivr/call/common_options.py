"""The parts that many nodes share: the keys that work everywhere, silence, menus, pieces."""

from __future__ import annotations

from ivr.call.nodes import ATTEMPTS, Menu, Option, Piece, Way

TO_A_PERSON = Way("careline-local", say=("to-a-person",))
"""Where three attempts without an answer lead: never a hang-up, never a guess."""

TO_A_NURSE = Way("careline-local")
"""Where 0 leads."""

IN_A_CRISIS = Option("", "crisis", Way("careline-local", say=("crisis",)), urgent=True)
"""Who speaks of suicide hears where help is at any hour, then comes to a person at once."""

TO_MAIN_MENU = Option("", "main-menu", Way("main-menu"), whole=True)


def offered(
    name: str, back: str | None = None, nurse: Way = TO_A_NURSE, repeat: str | None = None
) -> tuple[Option, ...]:
    """What works everywhere, by key and by words, and `#` where there is a back.

    * repeats the node itself, unless `repeat` names one that leads to it.
    """
    everywhere = (
        Option("0", "nurse", nurse),
        Option("", "interpreter", nurse),
        Option("9", "tty", Way("tty")),
        Option("*", "repeat", Way(repeat or name)),
        IN_A_CRISIS,
    )
    to_back = (Option("#", "back", Way(back), whole=True), TO_MAIN_MENU) if back else ()
    return (*everywhere, *to_back)


EVERYWHERE = frozenset(option.key for option in offered("") if option.key)
"""The keys that work wherever the line listens."""


def silence(name: str, given_up: Way = TO_A_PERSON, also: tuple[str, ...] = ()) -> tuple[Way, ...]:
    """Where silence leads, by attempt: asked again twice, then a person.

    `also` is said before it is asked again for the first time.
    """
    again = Way(name, say=("take-your-time", *also), attempt=2)
    last = Way(name, say=("still-here",), attempt=3)
    return (again, last, given_up)


def unmatched(name: str, given_up: Way = TO_A_PERSON) -> tuple[Way, ...]:
    """Where an answer that was not offered leads, by attempt."""
    again = Way(name, say=("not-understood",), attempt=2)
    last = Way(name, say=("not-understood-again",), attempt=3)
    return (again, last, given_up)


def early(name: str) -> tuple[Way, ...]:
    """Where an answer leads, by attempt, that came before its question was said.

    The question is said in full, so that nobody answers it unheard, or in a circle.
    """
    again = (Way(name, ("hear-it-out",), each, in_full=True) for each in range(1, ATTEMPTS + 1))
    return tuple(again)


def asked(name: str) -> tuple[tuple[str, ...], ...]:
    """The wording of each attempt: as asked, again, and for the last time."""
    return ((f"{name}.ask",), (f"{name}.again",), (f"{name}.last",))


def menu(name: str, *options: Option, back: str | None = None) -> Menu:
    """A menu of these options and the keys that work everywhere."""
    keys = (*options, *offered(name, back))
    return Menu(name, asked(name), keys, silence(name), unmatched(name))


def piece(name: str, text: str, back: str, following: str | None = None) -> Piece:
    """A piece of information; after it: next (where one follows), repeat, back, a nurse."""
    first, again, last = asked("next-keys" if following else "end-keys")
    onward = (Option("1", "next", Way(following), whole=True),) if following else ()
    return Piece(
        name,
        ((text, *first), again, last),
        (*onward, *offered(name, back)),
        silence(name),
        unmatched(name),
    )


def read_out(name: str, given_up: Way, *options: Option) -> Piece:
    """The numbers, when nobody could be reached; whoever stays silent is put through again."""
    first, again, last = asked(name)
    return Piece(
        name,
        ((f"{name}.numbers", *first), again, last),
        (*options, *offered(name)),
        silence(name, given_up),
        unmatched(name, given_up),
    )
