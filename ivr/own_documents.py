"""The documents of this project's line, all of them, as callers are sent them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr import Settings, create_app
from ivr.call.lines import CARELINE
from ivr.call.nodes import Number, Question, Transfer
from ivr.config import VoiceLine, load_line
from ivr.proof.document_graph import DocumentGraph
from ivr.proof.document_walk import Arrival, Walk
from ivr.twilio.fallback import safe_exit
from ivr.twilio.inbound import WITHHELD
from ivr.twilio.tickets import SAFE_EXIT_PATH

SIGNED_WITH = "walk"
"""The auth token of an account that is nobody's."""

BASE = "https://line.example.org"

NEAR = 1
"""How far from where it begins a hunt is walked; it begins at each of its legs."""


def walk_own_documents(environ: Mapping[str, str]) -> dict[str, DocumentGraph]:
    """Walk the line of these files. Raises ConfigError with all their faults."""
    settings = Settings.from_environment(environ)
    settings = replace(settings, auth_token=SIGNED_WITH, public_url=BASE)
    line = load_line(settings.directory, settings.prompts)
    return {
        "documents": _walk(line, settings).graph([*calls(line), *safe_exits(line)]),
        "documents without streams": _walk(line, settings, streams=False).graph(tty_calls(line)),
        "documents of withheld callers, to the CareLine": _own_number(line, settings),
    }


def calls(line: VoiceLine) -> list[Arrival]:
    """How calls come in."""
    return [Arrival("a call", "/voice"), *tty_calls(line)]


def tty_calls(line: VoiceLine) -> list[Arrival]:
    """How calls come in on the numbers that are for a TTY."""
    numbers = sorted(line.directory.tty_numbers)[:1]
    by_number = [Arrival("a call on a TTY number", "/voice", called=each) for each in numbers]
    return [Arrival("a call to /tty", "/tty"), *by_number]


def safe_exits(line: VoiceLine) -> list[Arrival]:
    """The ways out where the line itself fails: its own, by voice and on a TTY, and the static."""
    prompts = line.prompts[line.directory.language]
    return [
        Arrival("the safe exit", "/voice/nowhere"),
        Arrival("the safe exit on a TTY", SAFE_EXIT_PATH),
        Arrival("the static fallback", hosted=safe_exit(prompts, line.directory)),
    ]


def _walk(line: VoiceLine, settings: Settings, *, streams: bool = True) -> Walk:
    return Walk(
        line,
        settings,
        lambda clock: create_app(settings, clock=clock, streams=streams).wsgi_app,
    )


def _own_number(line: VoiceLine, settings: Settings) -> DocumentGraph:
    """The hunts of a call to a number of the CareLine's own, which must not be dialled.

    The caller's number is withheld. The call begins where the text part may send it back.
    """
    called = line.directory.number(CARELINE, Number.LOCAL)
    walk = Walk(
        line,
        settings,
        lambda clock: create_app(settings, clock=clock).wsgi_app,
        caller=min(WITHHELD),
        called=called,
    )
    language = line.directory.language
    hunts = [
        Arrival(f"a call at {name}", f"/voice/{language}/{name}")
        for name, node in line.engine.table.items()
        if isinstance(node, Question | Transfer)
    ]
    prompts = line.prompts[language]
    fallback = Arrival(
        "the static fallback of that number",
        hosted=safe_exit(prompts, line.directory, called, called),
    )
    return walk.graph([*hunts, Arrival("the safe exit", "/voice/nowhere"), fallback], NEAR)
