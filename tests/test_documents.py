"""Every document that callers are sent holds the laws, and each law finds the fault it is for."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from click.testing import CliRunner
from line_facts import MONDAY_AT_10, SETTINGS
from test_config import directory_with
from test_reached import BOTH_ACCEPT
from werkzeug.wrappers import Response

from ivr import create_app, own_documents
from ivr.__main__ import main
from ivr.call.lines import NAVIGATOR
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.own_documents import walk_own_documents
from ivr.proof import document_laws as laws
from ivr.proof.document_audit import audit_documents
from ivr.proof.document_graph import Did, DocumentGraph
from ivr.proof.document_walk import Arrival, Walk
from ivr.proof.explore import KEYPAD
from ivr.proof.moments import moments
from ivr.wording import SHIPPED_PROMPTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Fault = Callable[[str, dict[str, str], bytes, bytes], bytes]
"""Changes a document: the path and form of its request, itself, and the first one of the call."""


@pytest.fixture(scope="module")
def app() -> WSGIApplication:
    """The line, on a Monday morning."""
    return create_app(SETTINGS, clock=lambda: MONDAY_AT_10).wsgi_app


def faulty(app: WSGIApplication, fault: Fault) -> WSGIApplication:
    """The line with a fault in its documents."""
    first: list[bytes] = []

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        response = Response.from_app(app, environ)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        first.append(response.get_data())
        response.set_data(fault(environ["PATH_INFO"], form, first[-1], first[0]))
        return response(environ, start_response)

    return answer


HUNT = "/voice/en/careline-local"


def walked(line: VoiceLine, app: WSGIApplication, path: str, within: int = 0) -> DocumentGraph:
    """The document at a path with all that can be done in it, and in those so many steps away."""
    return Walk(line, SETTINGS, lambda _: app).graph([Arrival("a call", path)], within)


def always(document: bytes) -> Fault:
    return lambda _path, _form, _body, _first: document


def where(name: str, value: str, document: bytes) -> Fault:
    """A document that is sent where the form has this value."""
    return lambda _path, form, body, _first: document if form.get(name) == value else body


def acting_at(path: bytes) -> Fault:
    """What is answered goes to another place than it should."""
    return lambda _path, _form, body, _first: re.sub(
        rb'action="[^"]*"', b'action="%b"' % path, body
    )


def gathered_at_once(_path: str, _form: dict[str, str], body: bytes, _first: bytes) -> bytes:
    """What is said before the answers count is said while they do."""
    return re.sub(rb"(<Gather[^>]*/early[^>]*>)(.*?)</Gather>(<Gather[^>]*>)", rb"\3\2", body)


def early_begins_again(path: str, _form: dict[str, str], body: bytes, first: bytes) -> bytes:
    return first if path.endswith("/early") else body


def unadvised(_path: str, form: dict[str, str], body: bytes, _first: bytes) -> bytes:
    return re.sub(rb"<Say.*?</Say>", b"", body) if form.get("Digits") == "1" else body


def without_the_emergency(_path: str, form: dict[str, str], body: bytes, _first: bytes) -> bytes:
    completed = form.get("DialCallStatus") == "completed"
    return re.sub(rb"<Say.*?</Say>", b"", body, count=1) if completed else body


SILENT = b"<Response><Hangup/></Response>"
ENDS = b"<Response><Say>Hello.</Say></Response>"
FOR_EVER = (
    b'<Response><Gather numDigits="1" action="/voice/en/fever/1" actionOnEmptyResult="true">'
    b"<Say>Hello.</Say></Gather></Response>"
)
ASKS_FIRST = (
    b'<Response><Gather numDigits="1"><Say>Really?</Say></Gather>'
    b"<Dial><Number>+16123393663</Number></Dial></Response>"
)
CIRCLE = b"<Response><Redirect>/voice/en/fever</Redirect></Response>"
MISSPELT = b'<Response><Say vioce="alice">Hello.</Say></Response>'

FAULTS: dict[str, tuple[laws.DocumentLaw, Fault, str, str]] = {
    "a busy leg ends the call": (
        laws.reached,
        where("DialCallStatus", "busy", SILENT),
        HUNT,
        "nobody is tried next: a call -> busy",
    ),
    "a silent caller is asked for ever": (
        laws.reached,
        always(FOR_EVER),
        "/voice/en/fever",
        "whoever does nothing comes to nobody",
    ),
    "a document ends": (
        laws.nobody_dropped,
        always(ENDS),
        "/voice/en/fever",
        "dropped (the document ended): a call -> nothing",
    ),
    "the line hangs up without a goodbye": (
        laws.nobody_dropped,
        where("Digits", "2", SILENT),
        "/voice/en/main-menu",
        "dropped (the app hung up (Hangup)): a call -> 2",
    ),
    "an early answer counts": (
        laws.heard_before_answered,
        gathered_at_once,
        "/voice/en/fever",
        "fever is answered before it was said: a call -> 2 during fever.ask",
    ),
    "a question is skipped": (
        laws.heard_before_answered,
        acting_at(b"/voice/en/weight-loss/1"),
        "/voice/en/fever",
        "night-pain is asked out of turn: a call -> 2",
    ),
    "0 only asks again": (
        laws.nurse_one_key_away,
        always(FOR_EVER),
        "/voice/en/fever",
        "0 does not reach a nurse: a call -> 0 while the line listens",
    ),
    "0 asks before it dials": (
        laws.nurse_one_key_away,
        where("Digits", "0", ASKS_FIRST),
        "/voice/en/main-menu",
        "0 does not reach a nurse: a call -> 0 while the line listens",
    ),
    "a document leads to itself": (
        laws.no_circle,
        always(CIRCLE),
        "/voice/en/fever",
        "documents lead in a circle: a call -> nothing",
    ),
    "an early key begins the question again": (
        laws.no_circle,
        early_begins_again,
        "/voice/en/fever",
        "a question is cut short for ever",
    ),
    "a yes is not advised": (
        laws.advice_before_library,
        unadvised,
        "/voice/en/fever",
        "no advice, then a nurse: a call -> 1",
    ),
    "a question leads into the library": (
        laws.advice_before_library,
        acting_at(b"/voice/en/main-menu/1"),
        "/voice/en/fever",
        "the menu or the library comes too soon: a call -> 3",
    ),
    "a key that skips the advice": (
        laws.no_key_gets_past_advice,
        acting_at(b"/voice/en/main-menu/1"),
        "/voice/en/advice-urgent",
        "a key gets past advice: a call -> 1 during advice.urgent",
    ),
    "goodbye behind a machine": (
        laws.reached_means_talked_to,
        where("DialCallStatus", "completed", SILENT),
        HUNT,
        "whether a nurse was reached: a call -> a machine for 4 s, DialBridged true",
    ),
    "goodbye behind a leg that was not bridged": (
        laws.reached_means_talked_to,
        where("DialBridged", "false", SILENT),
        HUNT,
        "nobody is tried next: a call -> a person for 300 s, DialBridged false",
    ),
    "an offer that says nothing of emergencies": (
        laws.reached_means_talked_to,
        without_the_emergency,
        HUNT,
        "the offer does not name the emergency number: a call -> a person",
    ),
    "an offer that can't be taken up": (
        laws.reached_means_talked_to,
        where("Digits", "1", SILENT),
        HUNT,
        "1 does not put through again: a call -> a person",
    ),
    "an attribute that is misspelt": (
        laws.nothing_to_warn_of,
        always(MISSPELT),
        "/voice/en/fever",
        "12200:",
    ),
    "no document": (laws.nothing_to_warn_of, always(b"hello"), "/voice/en/fever", "12100:"),
    "a path that does not exist": (
        laws.nothing_to_warn_of,
        acting_at(b"/voice/en/gone/1"),
        "/voice/en/main-menu",
        "the safe exit is taken: a call -> 1",
    ),
}


@pytest.mark.parametrize(("law", "fault", "path", "named"), FAULTS.values(), ids=[*FAULTS])
def test_each_law_finds_its_fault(  # noqa: PLR0913, PLR0917 - a fault has as many parts
    line: VoiceLine,
    app: WSGIApplication,
    law: laws.DocumentLaw,
    fault: Fault,
    path: str,
    named: str,
) -> None:
    """Documents with one fault break the law against it, and the violation says on which way."""
    violations = list(law(walked(line, faulty(app, fault), path, path == HUNT)))
    assert any(named in violation for violation in violations), violations[:3]


@pytest.mark.parametrize("path", sorted({path for _, _, path, _ in FAULTS.values()}))
def test_without_a_fault_no_law_is_broken(line: VoiceLine, app: WSGIApplication, path: str) -> None:
    """What the laws find in faulty documents is not there without the fault."""
    assert audit_documents({path: walked(line, app, path, path == HUNT)}).violations == ()


@pytest.mark.long
def test_every_document_that_is_sent_holds_every_law() -> None:
    """Open, closed, by voice and by TTY, with streams and without: nobody gets lost."""
    report = audit_documents(walk_own_documents({}))
    assert report.violations == ()
    everything, *_ = report.walked.values()
    assert everything.documents > 500
    assert everything.places > 2000


def test_everything_is_tried_at_every_prompt(line: VoiceLine, app: WSGIApplication) -> None:
    """Each key, and hanging up, during each prompt and while the line listens; words there too."""
    graph = walked(line, app, "/voice/en/fever")
    (fever,) = graph.arrivals
    tried: dict[str, set[str]] = {}
    for step in graph.steps[fever]:
        tried.setdefault(step.where, set()).add(step.deed.what)
    for prompt in graph.plain(fever).played:
        assert {*KEYPAD, ""} <= tried[f"during {prompt.name}"]
    assert {*KEYPAD, "", "yes", "no", "not-sure", "nurse"} <= tried["while the line listens"]


def one_by_one(_path: str, _form: dict[str, str], body: bytes, _first: bytes) -> bytes:
    """Behind what sends the call on stands a Gather that takes its keys otherwise."""
    never = b'<Gather finishOnKey="#" action="/voice"/></Response>'
    return body.replace(b"</Response>", never) if b"</Redirect></Response>" in body else body


def test_keys_that_are_taken_alike_lead_where_each_would(
    line: VoiceLine, app: WSGIApplication
) -> None:
    """Each key pressed by itself, and one for all of them: every step is the same."""
    path = "/voice/en/fever"
    by_kind, by_itself = walked(line, app, path), walked(line, faulty(app, one_by_one), path)
    assert by_itself.steps == by_kind.steps
    assert sum(map(len, by_kind.steps.values())) > 80


def test_every_end_of_a_leg_is_tried(line: VoiceLine, app: WSGIApplication) -> None:
    """Nobody answers, in each way; a person or a machine does, bridged, not, or untold."""
    graph = walked(line, app, HUNT, 1)
    legs = {
        (step.deed.what, step.deed.bridged)
        for step in graph.all_steps()
        if step.deed.did is Did.LEG
    }
    assert {(each, "false") for each in ("busy", "no-answer", "failed", "canceled")} <= legs
    assert {("completed", bridged) for bridged in ("true", "false", "")} <= legs


@pytest.fixture(scope="module")
def accepting(tmp_path_factory: pytest.TempPathFactory) -> tuple[VoiceLine, WSGIApplication]:
    """A line that asks who picks up at the CareLine to accept the call."""
    directory = directory_with(tmp_path_factory.mktemp("accepting"), BOTH_ACCEPT[0])
    app = create_app(replace(SETTINGS, directory=directory), clock=lambda: MONDAY_AT_10)
    return load_line(directory, SHIPPED_PROMPTS), app.wsgi_app


def test_where_who_picks_up_is_asked_no_law_is_broken(
    accepting: tuple[VoiceLine, WSGIApplication],
) -> None:
    """They accept, decline, hang up, or a machine hears the question; the caller is not lost."""
    graph = walked(*accepting, HUNT)
    told = {step.deed.told for step in graph.all_steps() if step.deed.did is Did.LEG}
    assert {"a person who accepts", "a person who declines", "a machine that is asked"} <= told
    assert audit_documents({"asked": graph}).violations == ()


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (b"<Response/>", "nobody is tried next: a call -> a person who declines"),
        (SILENT, "whether a nurse was reached: a call -> a person who accepts"),
        (MISSPELT, "12200"),
    ],
    ids=["any key puts through", "no key puts through", "misspelt"],
)
def test_an_answer_that_is_taken_wrongly_breaks_a_law(
    accepting: tuple[VoiceLine, WSGIApplication], answer: bytes, named: str
) -> None:
    """Who declined is no nurse, and who accepted is one."""
    line, app = accepting

    def fault(path: str, _form: dict[str, str], body: bytes, _first: bytes) -> bytes:
        return answer if path == "/accept/en/answer" else body

    violations = audit_documents({"asked": walked(line, faulty(app, fault), HUNT)}).violations
    assert any(named in each for each in violations), violations[:3]


def test_holidays_are_walked(line: VoiceLine, tmp_path: Path) -> None:
    """A closure is a moment of its own, and what is said then holds the laws."""
    closed = '\n[[navigator.closures]]\nholiday = "Thanksgiving Day"\n'
    directory = tmp_path / "directory.toml"
    directory.write_text(SHIPPED_DIRECTORY.read_text("utf-8") + closed, "utf-8")
    on_holiday = load_line(directory, SHIPPED_PROMPTS)
    assert len(moments(on_holiday)) > len(moments(line))
    days = {each.astimezone(_zone(line)).date() for each in moments(on_holiday)}
    assert date(2026, 11, 26) in days
    settings = replace(SETTINGS, directory=directory)
    walk = Walk(on_holiday, settings, lambda clock: create_app(settings, clock=clock).wsgi_app)
    menus = ("main-menu", "navigator-closed")
    graph = walk.graph([Arrival(f"a call at {menu}", f"/voice/en/{menu}") for menu in menus], 0)
    assert audit_documents({"a holiday": graph}).violations == ()


def _zone(line: VoiceLine) -> tzinfo:
    hours = line.directory.lines[NAVIGATOR].hours
    assert hours is not None
    return hours.zone


@pytest.mark.parametrize(("fault", "status"), [(None, 0), (always(ENDS), 1)], ids=["none", "ends"])
def test_the_command_prints_what_was_found(
    line: VoiceLine,
    app: WSGIApplication,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault | None,
    status: int,
) -> None:
    """`ivr check --documents` counts, names each violation with its way, and then fails."""
    graph = walked(line, faulty(app, fault) if fault else app, "/voice/en/fever")
    monkeypatch.setattr(own_documents, "walk_own_documents", lambda _: {"documents": graph})
    result = CliRunner().invoke(main, ["check", "--documents"])
    assert result.exit_code == status
    assert f"documents: {graph.documents} documents, " in result.output
    assert ("VIOLATION nobody dropped: the caller is dropped" in result.output) == bool(status)
