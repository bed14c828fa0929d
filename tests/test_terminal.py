"""The `ivr` command as somebody uses it: its output, its exit status, its terminal."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from select import select

import pytest
from defusedxml.ElementTree import fromstring
from ivr_command import ivr, ivr_process

from ivr.call.red_flags import RED_FLAGS
from ivr.directory import SHIPPED_DIRECTORY
from ivr.wording import SHIPPED_PROMPTS

pytestmark = pytest.mark.slow

SIX_NOES_AND_BENEFITS = " ".join(["2" for _ in RED_FLAGS] + ["2"])


def test_a_script_plays_a_call_without_asking() -> None:
    """The transcript shows who said what, what was pressed and dialled, and the end."""
    result = ivr(
        "phone",
        "--at",
        "2026-11-23T10:00-06:00",
        "--script",
        f"{SIX_NOES_AND_BENEFITS} busy completed silence",
    )
    assert result.exit_code == 0
    assert result.stderr == ""
    for line in (
        "press 2",
        "dials  +19528835000, as +16125550123, rings for up to 25 s",
        "leg    +19528835000: busy",
        "leg    +18008832177: completed",
        "end    the app hung up",
    ):
        assert line in result.stdout


@pytest.mark.parametrize(
    ("at", "closed"), [("18:57:00", False), ("18:59:30", True), ("19:00:00", True)]
)
def test_at_sets_the_calls_clock(at: str, *, closed: bool) -> None:
    """The app sees the call's own time, which moves on: six questions take over a minute."""
    result = ivr(
        "phone", "--at", f"2026-11-23T{at}-06:00", "--script", f"{SIX_NOES_AND_BENEFITS} hangup"
    )
    assert result.exit_code == 0
    assert ("The Nurse Navigator is closed now" in result.stdout) is closed
    assert ("dials  +19528835000" in result.stdout) is not closed


def test_json_prints_one_object_per_event() -> None:
    """Every line is a JSON object with the event's name."""
    result = ivr("phone", "--script", "say:yes completed", "--json")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events][:2] == ["requested", "said"]
    assert any(event["event"] == "spoke" and event["words"] == "yes" for event in events)
    assert any(
        event["event"] == "ringing" and event["number"] == "+16123393663" for event in events
    )
    assert events[-2]["event"] == "ended"
    last = {name: events[-1][name] for name in ("event", "path", "status", "purpose")}
    assert last == {
        "event": "requested",
        "path": "/voice/status",
        "status": 204,
        "purpose": "status",
    }
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_from_and_to_are_the_calls_numbers() -> None:
    """A withheld caller is put through with the number called."""
    result = ivr("phone", "--from", "anonymous", "--to", "+19525550111", "--script", "0 completed")
    assert result.exit_code == 0
    assert "as +19525550111" in result.stdout


def test_typed_lines_answer_the_call() -> None:
    """Keys, words, Enter for silence, how a leg ends: typed as they are asked for."""
    result = ivr_process("phone", typed="2\n\nno\nbusy\nnot sure\nnonsense\nbusy\ncompleted\n")
    assert result.returncode == 0
    assert "say nothing for 10 s" in result.stdout
    assert "say “not sure”" in result.stdout
    assert "write completed, busy, no-answer" in result.stderr
    assert "leg    +18005510859: completed" in result.stdout


def test_the_end_of_the_input_hangs_up() -> None:
    """With nobody at the keyboard the call ends, it does not wait."""
    result = ivr("phone")
    assert result.exit_code == 0
    assert "end    the caller hung up" in result.stdout


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What is begun now can be interrupted, even if the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_hangs_up() -> None:
    """At a real terminal, Ctrl-C ends the call without a traceback."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "phone", "--plain"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
        start_new_session=True,
    )
    os.close(slave)
    seen = ""
    pressed = False
    while select([master], [], [], 60)[0]:
        try:
            seen += os.read(master, 4096).decode()
        except OSError:  # the terminal is gone: the process has ended
            break
        if "you    >" in seen and not pressed:
            process.send_signal(signal.SIGINT)
            pressed = True
    os.close(master)
    assert process.wait(timeout=10) == 0
    assert "the caller hung up" in seen
    assert "Traceback" not in seen


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--at", "noon"), 2, "write 2026-11-23T18:59-06:00"),
        (("--at", "2026-11-23T18:59"), 2, "no time with an offset"),
        (("--script", "2 oops"), 1, "word 2 of the script, 'oops', means nothing"),
        (("--script", "busy"), 1, "word 1 of the script, 'busy', does not fit"),
        (("--script", "0 completed silence 2"), 1, "left over: 2"),
    ],
    ids=["no-time", "no-offset", "no-word", "no-fit", "left-over"],
)
def test_bad_input_is_one_clear_message(
    arguments: tuple[str, ...], code: int, message: str
) -> None:
    """What is wrong and what to write instead, without a traceback."""
    result = ivr("phone", *arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_faulty_directory_is_reported_by_every_command(tmp_path: Path) -> None:
    """Each command that needs the directory names the fault and exits 2."""
    path = tmp_path / "directory.toml"
    path.write_text("[line]\n", encoding="utf-8")
    for command in ("phone", "check", "map", "wording", "script", "fallback"):
        result = ivr(command, IVR_DIRECTORY=str(path))
        assert result.exit_code == 2
        assert "the line can't start" in result.stderr


def test_check_prints_its_counts() -> None:
    """States, edges, ways to a nurse and zero violations; exit status 0."""
    result = ivr("check")
    assert result.exit_code == 0
    for part in (
        "states",
        "edges",
        "shortest way to a nurse: 1 key",
        "longest way",
        "0 violations",
    ):
        assert part in result.stdout


def test_check_fails_on_a_violation(tmp_path: Path) -> None:
    """A prompt that is too long is named, and the exit status is 1."""
    english = (SHIPPED_PROMPTS / "en.toml").read_text(encoding="utf-8")
    long = english.replace('busy = "', 'busy = "' + "a very long way to say that it is " * 12)
    (tmp_path / "en.toml").write_text(long, encoding="utf-8")
    result = ivr_process("check", IVR_PROMPTS=str(tmp_path))
    assert result.returncode == 1
    assert "VIOLATION busy lasts" in result.stdout


def test_fallback_prints_twiml_that_dials_the_careline() -> None:
    """The static TwiML needs no webhook: no action, the CareLine's numbers, then the words."""
    result = ivr("fallback", "--caller-id", "+19525550100")
    root = fromstring(result.stdout)
    (dial,) = root.iter("Dial")
    assert dial.get("action") is None
    assert dial.get("callerId") == "+19525550100"
    assert [number.text for number in dial] == ["+16123393663", "+18005510859"]
    assert [verb.tag for verb in root] == ["Say", "Dial", "Say"]
    assert ivr("fallback", "--caller-id", "952").exit_code == 2


def test_the_shipped_files_are_where_the_package_says() -> None:
    """Directory and prompts are found from any folder."""
    assert SHIPPED_DIRECTORY.is_file()
    assert (SHIPPED_PROMPTS / "en.toml").is_file()


def test_a_public_url_with_a_prefix_can_be_called() -> None:
    """The phone reaches the app under the prefix that a proxy would take away."""
    result = ivr("phone", "--script", "2 hangup", IVR_PUBLIC_URL="https://example.org/ivr")
    assert result.exit_code == 0
    assert "warns" not in result.stdout


def test_stray_bytes_are_no_crash() -> None:
    """What is no UTF-8 is replaced, and the call goes on."""
    result = ivr_process("phone", "--script", "say:\udcff hangup", "--from", "\udcff")
    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def test_typed_json_is_one_object_a_line() -> None:
    """What is asked goes to stderr, so stdout can be read by a program."""
    result = ivr("phone", "--json", typed="2\nhangup\n")
    assert all(json.loads(line)["event"] for line in result.stdout.splitlines())


def test_the_full_screen_phone_ends_when_its_terminal_is_gone() -> None:
    """A terminal that is closed without a signal leaves no phone running behind it."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "phone"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    while b"On the line" not in seen:
        seen += os.read(master, 65536)
    os.close(master)
    try:
        ended = process.wait(timeout=20)
    finally:
        process.kill()
    assert ended in {0, 1}  # 1: there was no terminal left to restore
