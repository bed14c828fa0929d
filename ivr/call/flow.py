"""The whole table: greeting, red-flag questions, advice, menus, transfers, numbers.

Read it from top to bottom and you have the call. A node's prompts are looked up by
name in the prompts file of the caller's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ivr.call.common_options import (
    TO_A_NURSE,
    TO_MAIN_MENU,
    asked,
    early,
    menu,
    offered,
    piece,
    read_out,
    silence,
    unmatched,
)
from ivr.call.library import library
from ivr.call.lines import CARELINE, NAVIGATOR
from ivr.call.nodes import (
    NO,
    YES,
    Advice,
    Ask,
    Gate,
    Goodbye,
    Handover,
    Medium,
    Menu,
    Message,
    NextOpening,
    Node,
    Number,
    Offer,
    Option,
    Question,
    RedFlag,
    Tier,
    Transfer,
    Way,
)
from ivr.call.red_flags import RED_FLAGS
from ivr.call.understanding import lists_of

START = "greeting"
"""Where a call on the voice number begins."""

TTY_START = "tty"
"""Where a call on a TTY number begins."""

ARRIVALS = (START, TTY_START)
"""Where calls come in."""

CALL_A_TTY = "baudot.press-space"
"""Read, not heard: what asks a silent caller to type, should it be a TTY. Short, for the
others hear its tones."""

TONES_COME = "tones-come"
"""Tells those others what they will hear."""

SPOKEN_TO_A_TTY = "tty-line.aloud"
"""What somebody hears who speaks where the line reads what is typed."""

ACCEPT = "accept"
"""What who picks up is asked before a caller is put through, where the directory says so."""

ACCEPTING_KEY = "1"
"""The key by which they take the call."""

SAFE_EXIT_PROMPTS = ("safe-exit.before", "safe-exit.after")
"""What a caller hears when the table itself can't be walked: before and after the dialling."""

EXPLAINED = 2
"""Questions that tell the answer keys in whole sentences; the later ones do it in short."""

EMERGENCY_PROMPTS = frozenset(("emergency", "advice.emergency", "advice.if-worse"))
"""The prompts that say when to hang up and dial the emergency number."""

MUST_NAME: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(EMERGENCY_PROMPTS, frozenset({"emergency"})),
    "advice.watch-for": frozenset({"emergency"}),
    "crisis": frozenset({"crisis", "emergency"}),
    "greeting": frozenset({"operator"}),
    "safe-exit.before": frozenset({"emergency"}),
    "safe-exit.after": frozenset({"careline-local", "careline-toll-free"}),
    "unreached.numbers": frozenset({"emergency", "careline-local", "careline-toll-free"}),
    "tty-unreached.numbers": frozenset({"emergency", "careline-tty"}),
}
"""The fields without which a prompt does not say what it is there for."""


class TableError(Exception):
    """The table does not hold together; the message names the node."""


def build_table(red_flags: tuple[RedFlag, ...] = RED_FLAGS) -> Mapping[str, Node]:
    """Every node by name, in the order in which a call that goes forward meets them.

    Raises TableError if two nodes have one name or a way leads to none.
    """
    nodes: tuple[Node, ...] = (
        *arrival(red_flags),
        *questions(red_flags),
        *advice(),
        *menus(),
        *library(),
        *numbers(),
        *tty(),
        *voice_transfers(),
        *unreached(),
        Goodbye("goodbye", ("goodbye",)),
    )
    counts = Counter(node.name for node in nodes)
    for name in (name for name, count in counts.items() if count > 1):
        raise TableError(f"two nodes are named {name}; give one of them another name")
    for node in nodes:
        for label, way in node.ways():
            if way.to not in counts:
                raise TableError(f"{node.name} leads by {label!r} to {way.to}, which is no node")
    return MappingProxyType({node.name: node for node in nodes})


def arrival(red_flags: tuple[RedFlag, ...]) -> Iterator[Node]:
    """A call comes in: the emergency sentence first, then what this line is."""
    first = Way(red_flags[0].name, say=("any-time", "questions-come-first"))
    yield Message(START, ("emergency", "greeting"), first)


def questions(red_flags: tuple[RedFlag, ...]) -> Iterator[Node]:
    """The red-flag questions, each leading to the next one, the last to the six noes' end."""
    followers = (*(flag.name for flag in red_flags[1:]), "no-red-flag")
    for index, (flag, following) in enumerate(zip(red_flags, followers, strict=True)):
        call_a_tty = () if index else (TONES_COME, CALL_A_TTY)
        keys = "answer-keys.ask" if index < EXPLAINED else "answer-keys.short"
        yield question(flag, Way(following), keys, call_a_tty)


def question(flag: RedFlag, no: Way, keys: str, at_silence: tuple[str, ...] = ()) -> Question:
    """One question: a yes or not sure ends the questions, and silence is never a no.

    Nothing is an answer to it that comes before it was said.

    `keys` tells the keys when it is first asked; `at_silence` is said after the first silence.
    """
    name, sign = flag.name, f"{flag.name}.sign"
    advised = f"advice-{flag.tier.value}"
    given_up = Way(advised, say=("unanswered", sign))
    nurse = Way("careline-local", say=("emergency",))
    return Question(
        name,
        (
            (f"{name}.ask", keys),
            (f"{name}.again", "answer-keys.ask"),
            (f"{name}.last", "answer-keys.last"),
        ),
        (
            Option("1", YES, Way(advised, say=(sign,)), decisive=True, about=name),
            Option("2", NO, no, whole=True, about=name),
            Option(
                "3", "not-sure", Way(advised, say=("not-sure", sign)), decisive=True, about=name
            ),
            *offered(name, nurse=nurse),
        ),
        silence(name, given_up, at_silence),
        unmatched(name, given_up),
        flag,
        early=early(name),
    )


def advice() -> Iterator[Node]:
    """What follows the questions: after a red flag a nurse, after six noes the menu.

    One order of steps, the urgent one first; the way to a nurse says to stay on the line.
    """
    nurse, at_once = Way("careline-local"), Way("careline-local", say=("emergency",))
    for tier, prompts in (
        (Tier.EMERGENCY, ("advice.emergency", "advice.otherwise")),
        (Tier.URGENT, ("advice.urgent", "advice.if-worse")),
    ):
        uncut = EMERGENCY_PROMPTS & {*prompts}
        yield Advice(f"advice-{tier.value}", prompts, nurse, tier, uncut, at_once)
    watch_for = Way("main-menu", say=("advice.watch-for",))
    yield Message("no-red-flag", ("advice.no-red-flag",), watch_for)


def menus() -> Iterator[Node]:
    """The main menu, and the Nurse Navigator by office hours."""
    yield menu(
        "main-menu",
        Option("1", "symptoms", TO_A_NURSE),
        Option("2", "benefits", Way("navigator")),
        Option("3", "self-care", Way("self-care")),
        Option("4", "numbers", Way("numbers")),
        TO_MAIN_MENU,
    )
    yield Gate("navigator", NAVIGATOR, Way("navigator-local"), Way("navigator-closed"))
    closed = "navigator-closed"
    first, again, last = asked(closed)
    yield Menu(
        closed,
        ((f"{closed}.notice", NextOpening(NAVIGATOR), *first), again, last),
        (
            Option("1", "symptoms", TO_A_NURSE),
            Option("2", "numbers", Way("numbers")),
            *offered(closed, back="main-menu", repeat="navigator"),
        ),
        silence(closed),
        unmatched(closed),
    )


def numbers() -> Iterator[Node]:
    """The phone numbers, read out once the caller is ready to write."""
    back = "main-menu"
    yield menu("numbers", Option("1", "ready", Way("numbers-careline"), whole=True), back=back)
    yield piece("numbers-careline", "numbers.careline", back, following="numbers-navigator")
    yield piece("numbers-navigator", "numbers.navigator", back, following="numbers-tty")
    yield piece("numbers-tty", "numbers.tty", back)


def tty() -> Iterator[Node]:
    """The TTY path: the call goes on as text, from its start: nothing was read so far.

    Where that can't be had, the TTY number of the service that is open is dialled,
    then the other one.
    """
    yield Handover(TTY_START, Medium.TTY, START, otherwise=Way("tty-line"))
    yield Message("tty-line", ("emergency", "tty-line.welcome"), Way("tty-service"))
    yield Gate("tty-service", NAVIGATOR, Way("navigator-tty"), Way("careline-tty"))
    yield from hunt(NAVIGATOR, Number.TTY, following="careline-tty", nurse="careline-tty")
    yield from hunt(CARELINE, Number.TTY, following="tty-unreached")
    yield read_out("tty-unreached", Way("careline-tty", say=("trying-again",)))


def voice_transfers() -> Iterator[Node]:
    """The hunt: Nurse Navigator, CareLine, then the numbers read out."""
    nurse = "careline-local"
    yield from hunt(NAVIGATOR, Number.LOCAL, following="navigator-toll-free", nurse=nurse)
    yield from hunt(NAVIGATOR, Number.TOLL_FREE, following=nurse, nurse=nurse)
    yield from hunt(CARELINE, Number.LOCAL, following="careline-toll-free")
    yield from hunt(CARELINE, Number.TOLL_FREE, following="unreached")


def hunt(line: str, number: Number, following: str, nurse: str = "") -> Iterator[Node]:
    """One number of a line, and what is offered to who still holds the line after its leg.

    Whatever keeps it from answering, and whoever was not reached, leads to the following
    node; 0 to the `nurse`, if that is another one. After a leg that was short, who is
    silent is put through once more, since it may have dropped.
    """
    name = f"{line}-{number.value}"
    again, reached, short = f"{name}-again", f"{name}-reached", f"{name}-short"
    zero = nurse or following
    yield transfer(name, line, number, following, reached, short)
    yield offer(reached, line, following, zero, Way("goodbye"))
    yield offer(short, line, following, zero, Way(again, say=("trying-again",)))
    yield transfer(again, line, number, following, reached, reached)


def transfer(  # noqa: PLR0913, PLR0917 - as a Transfer has them
    name: str, line: str, number: Number, following: str, reached: str, short: str
) -> Transfer:
    """A number is dialled; `reached` and `short` offer a nurse after a leg."""
    return Transfer(
        name,
        line,
        number,
        (f"transfer.{line}-{number.value}",),
        completed=Way(reached, say=("emergency",)),
        short=Way(short, say=("emergency",)),
        busy=Way(following, say=("busy",)),
        no_answer=Way(following, say=("no-answer",)),
        failed=Way(following, say=("failed",)),
    )


def offer(name: str, line: str, following: str, nurse: str, silent: Way) -> Offer:
    """Who did not reach anybody goes on, by 1 or whatever is said; who is silent is done."""
    onward = Way(following)
    return Offer(
        name,
        ((f"reached.{line}",),),
        (Option("1", "next", onward, whole=True), *offered(name, nurse=Way(nurse))),
        silence=(silent,),
        no_match=(onward,),
    )


EXHAUSTED = frozenset(("unreached", "tty-unreached"))
"""Where a hunt ends of which no number was answered."""


def unreached() -> Iterator[Node]:
    """Nobody could be reached: the numbers, and a nurse is tried again. Never a hang-up."""
    again = Way("careline-local", say=("trying-again",))
    for name, other in (
        ("unreached", "unreached-navigator"),
        ("unreached-navigator", "unreached"),
    ):
        yield read_out(name, again, Option("1", "next", Way(other), whole=True))


def prompt_names(table: Mapping[str, Node]) -> frozenset[str]:
    """Every prompt that the table can play; each prompts file has exactly these."""
    names = {*SAFE_EXIT_PROMPTS, SPOKEN_TO_A_TTY, ACCEPT}
    for node in table.values():
        names.update(prompt for _, way in node.ways() for prompt in way.say)
        names.update(node.played())
    return frozenset(names)


def last_wordings(table: Mapping[str, Node]) -> frozenset[str]:
    """Every prompt with which a question is put for the last time: it is said slower."""
    questions = (node for node in table.values() if isinstance(node, Question))
    last = (prompt for node in questions for prompt in node.asks[-1])
    return frozenset(prompt for prompt in last if isinstance(prompt, str))


def word_lists(table: Mapping[str, Node]) -> frozenset[str]:
    """Every list of words that the table listens for; each prompts file has exactly these."""
    return frozenset(option.words for option in _options(table))


def extra_word_lists(table: Mapping[str, Node]) -> frozenset[str]:
    """Every list of words that a prompts file may have besides."""
    return frozenset(
        name for option in _options(table) for name, _ in lists_of(option) if name != option.words
    )


def _options(table: Mapping[str, Node]) -> Iterator[Option]:
    for node in table.values():
        if isinstance(node, Ask):
            yield from node.options
