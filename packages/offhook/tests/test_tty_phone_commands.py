"""`offhook phone --tty` as somebody uses it: a script, a pipe, and options that do not fit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from apps import tty_app
from apps.serving import TOKEN
from apps.tty_app import NURSE

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
APP = "apps.tty_app:app"
QUICK = ("--speed", "10")


def offhook(
    *arguments: str, typed: str = "", without: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `offhook phone --tty` beside the small app, as if a module was not installed."""
    start = f"import sys; sys.modules[{without!r}] = None; import offhook.__main__"
    program = ["-c", start] if without else ["-m", "offhook"]
    return subprocess.run(
        [sys.executable, *program, "phone", "--tty", *arguments, "--auth-token", TOKEN],
        input=typed,
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_script_types_when_the_line_has_stopped() -> None:
    """The transcript shows each turn; underscores are spaces; spoken words are marked."""
    result = offhook(APP, *QUICK, "--script", "tty:HI_THERE_GA tty:SK")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    lines = [line.split(maxsplit=1)[1] for line in result.stdout.splitlines() if line[:4] != "audi"]
    assert lines == [
        "HELLO, TYPE AND I ECHO GA",
        "type HI THERE GA",
        "HI THERE GA",
        "type SK",
        "BYE SK",
        "Bye",
        "the document ended",
    ]
    assert "       (voice) Bye\n" in result.stdout


def test_a_line_that_has_said_sk_is_left_to_close() -> None:
    """However long it takes: what it says behind its stream is heard, and nobody hangs up."""
    result = offhook(f"{APP}/lingering", *QUICK, "--script", "tty:SK")
    assert result.returncode == 0, result.stderr
    assert "(voice) Bye" in result.stdout
    assert "the document ended" in result.stdout


def test_keys_are_pressed_once_the_recording_has_ended() -> None:
    """A script may hold keys and silences too."""
    result = offhook(f"{APP}/recorded", *QUICK, "--script", "1", "--json")
    assert result.returncode == 0, result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    heard = "".join(each["text"] for each in records if each["event"] == "letters")
    assert heard == "PRESS 1 GA"
    events = [each["event"] for each in records]
    assert events.index("typed") < events.index("pressed")


@pytest.mark.parametrize("outcome", ["completed", "answered leg:hangup", "machine"])
def test_a_legs_outcome_waits_for_a_leg(outcome: str) -> None:
    """The stream that holds the call is none: it is heard out, then the leg picks up and leaves."""
    result = offhook(f"{APP}/dialling", *QUICK, "--script", f"tty:SK {outcome}")
    assert result.returncode == 0, result.stderr
    assert "tty    BYE SK" in result.stdout
    talked = f"leg    {NURSE}: answered\ntalk   talking with {NURSE}\nleg    {NURSE}: completed\n"
    assert talked in result.stdout


def test_the_answer_to_a_legs_outcome_is_read() -> None:
    """Behind the last word too, in a stream that is yet to be opened."""
    result = offhook(f"{APP}/dialling", *QUICK, "--script", "tty:SK no-answer")
    assert result.returncode == 0, result.stderr
    assert "tty    NO-ANSWER GA" in result.stdout
    assert "end    the caller hung up" in result.stdout


def test_a_silence_on_a_stream_lasts_until_its_next_text_is_read() -> None:
    """What is typed then is not typed over it."""
    result = offhook(f"{APP}/patient", *QUICK, "--script", "silence tty:YES_GA tty:SK")
    assert result.returncode == 0, result.stderr
    said = [line[7:] for line in result.stdout.splitlines() if line[:3] in {"tty", "you"}]
    assert said[1:3] == [tty_app.STILL_THERE, "type YES GA"]


def test_a_word_that_a_stream_does_not_take_says_what_it_does() -> None:
    """Words are not heard there, and it can't be told to end; the wait for another moment ends."""
    result = offhook(APP, "--speed", "20", "--script", "say:yes")
    assert result.returncode == 1
    message = "'say:yes': did not fit within 120 s: a media stream holds the call; write tty:NO_GA"
    assert message in " ".join(result.stderr.split())
    assert "say:" not in result.stderr.split("write")[1]


def test_lines_of_a_pipe_are_typed_one_after_the_other() -> None:
    """Each in its turn; Enter alone is the space bar; the end of the input hangs up."""
    result = offhook(APP, *QUICK, typed="HI GA\n\n[\nBYE GA\n")
    assert result.returncode == 0, result.stderr
    assert "tty    HI GA" in result.stdout
    assert "you    press the space bar" in result.stdout
    assert "a TTY has no key for [" in result.stderr
    assert "BYE GA" in result.stdout.split("type BYE GA")[1]
    assert "end    the caller hung up" in result.stdout


def test_lines_may_press_keys_and_hang_up() -> None:
    """`/1` is a touch-tone, `/hangup` the end."""
    pressed = offhook(f"{APP}/recorded", *QUICK, typed="/1\n")
    assert "you    press 1" in pressed.stdout
    hung_up = offhook(f"{APP}/recorded", *QUICK, typed="/hangup\n")
    assert "end    the caller hung up" in hung_up.stdout
    assert (pressed.returncode, hung_up.returncode) == (0, 0)


def test_lines_may_say_what_a_dialled_leg_does() -> None:
    """From a pipe they wait for a leg that can; the line's answer is read."""
    result = offhook(f"{APP}/dialling", *QUICK, typed="SK\n/answered\n/completed\n")
    assert result.returncode == 0, result.stderr
    assert f"talk   talking with {NURSE}\nleg    {NURSE}: completed\n" in result.stdout
    assert "tty    COMPLETED GA" in result.stdout


def test_an_unknown_word_behind_a_slash_is_not_typed() -> None:
    """It is refused, and those that there are are named; the call goes on."""
    result = offhook(APP, *QUICK, typed="/bogus\nSK\n")
    assert result.returncode == 0, result.stderr
    assert "/bogus is not typed, and means nothing; write a key as in /9" in result.stderr
    assert "BOGUS" not in result.stdout
    assert "type SK" in result.stdout


def test_the_app_sees_the_time_of_the_call() -> None:
    """`--at` holds for its WebSockets too."""
    result = offhook(f"{APP}/clock", *QUICK, "--at", "2026-11-23T03:15-06:00", "--script", "tty:SK")
    assert "tty    09.15" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--script", "tty:HI oops"), 1, "word 2 of the script, 'oops', means nothing"),
        (("--script", "tty:SK tty:MORE"), 1, "left over: tty:MORE"),
        (("--script", "tty:[ tty:SK"), 1, "word 1 of the script, 'tty:[': a TTY has no key for ["),
        (("--save", "call.toml"), 2, "can't be saved as a scenario"),
        (("--speed", "0"), 2, "is not in the range"),
        (("--speed", "nan", "--script", "tty:SK"), 2, "'--speed': nan is no number"),
    ],
)
def test_what_does_not_fit_is_one_message(
    arguments: tuple[str, ...], code: int, message: str
) -> None:
    """What is wrong, without a traceback."""
    quick = () if "--speed" in arguments else QUICK
    result = offhook(APP, *quick, *arguments)
    assert result.returncode == code
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("missing", ["websockets", "numpy"])
def test_missing_extras_are_one_message(missing: str) -> None:
    """It says what to install."""
    result = offhook(APP, "--script", "tty:SK", without=missing)
    assert result.returncode == 2
    assert "install the extra `tty` of offhook" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_an_app_behind_a_url_is_told_where_the_rest_api_is() -> None:
    """It has to be started with that, which a note says."""
    result = offhook("http://127.0.0.1:9/voice", "--port", "0", "--script", "hangup")
    assert "TWILIO_API_URL=http://127.0.0.1:" in result.stderr
    assert "11205" in result.stdout
