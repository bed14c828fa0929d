"""`ivr phone` on any app, in the browser and with faults; the help of every command."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import requests
from ivr_command import ivr

from ivr.__main__ import main
from offhook.account.exchange import Line
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport
from offhook.commands.phone import read_chart

pytestmark = pytest.mark.slow

APP = '''
"""Says hello, asks for a key, says goodbye."""

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/xml")])
    if environ["PATH_INFO"] == "/voice":
        gather = b"<Gather action='/bye' numDigits='1'><Say>A key?</Say></Gather>"
        return [b"<Response>" + gather + b"</Response>"]
    return [b"<Response><Say>Bye</Say></Response>"]
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the command is run in, with a small app in it."""
    (tmp_path / "small.py").write_text(APP, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    sys.modules.pop("small", None)


def closed_port() -> int:
    """A port on loopback on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.usefixtures("folder")
def test_a_wsgi_app_of_the_folder_is_called() -> None:
    """`ivr phone module:app` needs no server."""
    result = ivr("phone", "small:app", "--script", "1")
    assert result.exit_code == 0, result.stderr
    assert "line   Bye" in result.stdout


def test_an_app_that_is_not_reached_is_one_message(folder: Path) -> None:
    """A URL that does not answer: 11205, what to do, and what happened so far."""
    url = f"http://127.0.0.1:{closed_port()}/voice"
    result = ivr("phone", url, "--script", "hangup", "--save", "call.toml")
    assert "11205: the app could not be reached" in result.stdout
    assert "Start the app, or mend the URL" in result.stdout
    assert 'ended = "the app failed"' in (folder / "call.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("500:2", "11200: the app answered with HTTP 500"),
        ("drop:2", "11205"),
        ("slow:2:20", "11200: the app gave no answer that can be used (no answer within 15 s)"),
        ("bad-xml:2", "12100"),
        ("hangup:3", "the caller hung up"),
    ],
    ids=["500", "drop", "slow", "bad-xml", "hangup"],
)
@pytest.mark.usefixtures("folder")
def test_a_fault_is_seen_as_twilio_would_tell_it(fault: str, seen: str) -> None:
    """Each fault on request shows in the transcript."""
    result = ivr("phone", "small:app", "--script", "1", "--fault", fault)
    assert seen in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere:app",), "'nowhere' can't be imported"),
        (("small:nobody",), "has no app named 'nobody'"),
        (("ws://localhost/",), "is no URL to call"),
        (("small:app", "--fault", "burn:1"), "'burn:1' is no fault"),
        (("small:app", "--assume", "gravity=1"), "'gravity' is no option"),
        (("small:app", "--assume", "type_ahead=1"), "type_ahead is true or false"),
        (("small:app", "--browser"), "leave out --script: with --browser,"),
    ],
    ids=["module", "attribute", "url", "fault", "option", "value", "browser"],
)
@pytest.mark.usefixtures("folder")
def test_wrong_options_exit_with_2(arguments: tuple[str, ...], message: str) -> None:
    """Each wrong option is one message without a traceback."""
    result = ivr("phone", *arguments, "--script", "1")
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--map", "http://127.0.0.1:9/map"), "is no file, and not to be"),
        (("--at", "2026-11-23T10:00-06:00", "--fault", "slow:1:20"), "leave out --at, --fault:"),
        (("--json", "--plain", "--tty", "--speed", "2"), "leave out --json, --plain, --speed:"),
        (("--save", "call.toml"), "leave out --save:"),
    ],
    ids=["map", "time", "tty", "save"],
)
@pytest.mark.usefixtures("folder")
def test_wrong_options_of_the_browser_phone_exit_with_2(
    arguments: tuple[str, ...], message: str
) -> None:
    """What can't be had, or is set in the page, is one message without a traceback."""
    result = ivr("phone", "small:app", "--browser", "--port", "0", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.usefixtures("folder")
def test_a_call_that_can_not_be_saved_says_so() -> None:
    """The call is held all the same, and shown."""
    result = ivr("phone", "small:app", "--script", "1", "--save", "no/such/folder.toml")
    assert result.exit_code == 1
    assert "line   Bye" in result.stdout
    assert "the call can't be saved" in result.stderr


def test_another_time_can_not_be_shown_over_http() -> None:
    """`--at` with a URL is told to set the call's own clock alone."""
    url = f"http://127.0.0.1:{closed_port()}/voice"
    arguments = ("--at", "2026-11-23T10:00-06:00", "--script", "hangup")
    assert "can't be shown another time" in ivr("phone", url, *arguments).stderr


@pytest.fixture(scope="module")
def browser_phone() -> Iterator[str]:
    """The URL of a browser phone on this project's line, with numbers of its own, by TTY."""
    numbers = ("--from", "+16125550142", "--to", "+19525550171")
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "phone", "--browser", "--port", "0", "--tty", *numbers],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://localhost:\d+/", line)
    assert found, line
    yield found[0]
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


def test_the_browser_phone_knows_the_lines_map_and_zone(browser_phone: str) -> None:
    """It serves the flow map of this line, and counts its clock in the line's own zone."""
    state = requests.get(f"{browser_phone}api/state", timeout=10).json()
    assert state["map"].startswith("flowchart TD")
    assert state["now"][-6:] in {"-05:00", "-06:00"}
    assert state["target"] == "the back pain line"


def test_the_browser_phone_calls_the_numbers_that_are_asked_for(browser_phone: str) -> None:
    """Its page begins with them, and its calls have them unless the page says otherwise."""
    state = requests.get(f"{browser_phone}api/state", timeout=10).json()
    assert state["numbers"] == {"from": "+16125550142", "to": "+19525550171"}
    assert state["tty"]["wanted"]
    placed = requests.post(f"{browser_phone}api/calls", json={}, timeout=10).json()
    (call,) = requests.get(f"{browser_phone}api/state", timeout=10).json()["calls"]
    assert (call["id"], call["from"], call["to"]) == (
        placed["id"],
        "+16125550142",
        "+19525550171",
    )


def test_the_map_of_another_app_may_be_a_file_or_its_own(tmp_path: Path) -> None:
    """--map reads a Mermaid chart from a file, or asks the app for it."""

    def app(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        del environ
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"flowchart TD"]

    line = Line("http://localhost/voice")
    target = Target("an app", line, WsgiTransport(app, "http://localhost"), "12345")
    assert read_chart("/map", target) == "flowchart TD"
    (tmp_path / "map.mmd").write_text("flowchart LR", "utf-8")
    assert read_chart(str(tmp_path / "map.mmd"), target) == "flowchart LR"


def test_every_command_has_a_help_with_an_example() -> None:
    """Each command's help shows how it is used."""
    names = main.list_commands(click.Context(main))
    commands = {(name,) for name in names} - {("scenario",)} | {("scenario", "run")}
    assert len(commands) >= 7
    for command in commands:
        text = ivr(*command, "--help").stdout
        example = "ttymodem" if command == ("tty",) else f"ivr {' '.join(command)}"
        assert example in text.split("Usage:")[1].partition("\n")[2]
        assert "Exit status" in text
