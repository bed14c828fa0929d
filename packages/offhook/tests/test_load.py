"""`offhook load` places many calls, says how they went, and touches no stranger's machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps.serving import TOKEN, App, serving, speaking
from click.testing import CliRunner
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Response

from offhook.commands import load as command

pytestmark = pytest.mark.slow

WAIT_SECONDS = 60.0
"""A hang shows as a failure after this time."""

ROOT = Path(__file__).parents[1]

GOOD = 'title = "one key"\nsteps = [{hears = "press one"}, {press = "1"}, {ended = "document"}]\n'
BUSY = 'title = "a leg"\nsteps = [{press = "2"}, {answers = ""}, {they_hang_up = true}]\n'
BAD = 'title = "wrong words"\nsteps = [{hears = "press two"}]\n'


def load(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "TWILIO_AUTH_TOKEN": TOKEN}
    return subprocess.run(
        [sys.executable, "-m", "offhook", "load", *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )


@pytest.fixture
def app() -> App:
    """An app that asks for a key."""
    chosen = "<Dial><Number>+16125550199</Number></Dial>"
    return App(
        {
            "voice": "<Gather action='/chosen' numDigits='1'><Say>press one</Say></Gather>",
            "chosen": lambda request: chosen if request.form["Digits"] == "2" else "<Say>bye</Say>",
        }
    )


@pytest.fixture
def url(app: App) -> Iterator[str]:
    """Where it is served."""
    with serving(app) as base:
        yield f"{base}/voice"


def test_thirty_calls_go_as_written(app: App, url: str, tmp_path: Path) -> None:
    """Exit 0, every call is counted once, its webhooks are signed, and times are told."""
    (tmp_path / "good.toml").write_text(GOOD)
    (tmp_path / "leg.toml").write_text(BUSY)
    run = load(url, "--calls", "30", "--concurrency", "4", "--scenarios", str(tmp_path))
    assert (run.returncode, run.stderr) == (0, "")
    assert re.search(r"^30 calls in \d+\.\d s", run.stdout)
    assert "as written: 30 (100.0 %), not: 0" in run.stdout
    assert "60 webhooks, ms: p50" in run.stdout
    assert "time to a person in 15 calls" in run.stdout
    assert app.paths.count("/voice") == 30
    assert len({form["CallSid"] for form in app.forms}) == 30
    request = app.requests[0]
    signed = request.headers["X-Twilio-Signature"]
    assert RequestValidator(TOKEN).validate(url, request.form, signed)


def test_calls_that_do_not_go_as_written_are_told(url: str, tmp_path: Path) -> None:
    """Exit 1, with the step and the reason, once for all calls that share it."""
    path = tmp_path / "bad.toml"
    path.write_text(BAD)
    run = load(url, "--calls", "5", "--scenarios", str(path))
    assert run.returncode == 1
    assert "as written: 0 (0.0 %), not: 5" in run.stdout
    assert '5 times: wrong words: step 1 (hears = "press two"): not heard' in run.stdout


def test_an_app_that_fails_is_not_called_as_written(app: App, url: str) -> None:
    """Without a scenario too: exit 1, with what is wrong."""
    app.answers["voice"] = Response("", 500)
    run = load(url, "--calls", "3")
    assert run.returncode == 1
    assert "3 times: hangs up at once: the app failed: the app answered with HTTP 500" in run.stdout


def test_an_app_that_can_not_be_reached_ends_the_run() -> None:
    """Exit 1, after two tries a call and no wait."""
    with speaking() as base:
        pass
    run = load(f"{base}/voice", "--calls", "3")
    assert run.returncode == 1
    assert "as written: 0 (0.0 %), not: 3" in run.stdout
    assert "Connection refused" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["http://example.com/voice"], "example.com is not this machine; add --host-is-mine"),
        (["https://127.0.0.1.example.com/"], "is not this machine"),
        (["http://localhost@example.com/"], "example.com is not this machine"),
        (["http://[::1"], "is no URL to call"),
        (["http:///voice"], "is no URL to call"),
        (["nothing:here"], "can't be imported"),
        (["http://localhost:1/", "--calls", "0"], "--calls"),
        (["http://localhost:1/", "--scenarios", str(ROOT / "nowhere")], "does not exist"),
        (["http://localhost:1/", "--scenarios", str(ROOT / "docs")], "holds no .toml file"),
        (["http://localhost:1/", "--scenarios", str(ROOT / "README.md")], "can't be read"),
    ],
)
def test_what_can_not_be_loaded_is_refused(arguments: list[str], words: str) -> None:
    """Exit 2, before any call, with what to write instead."""
    run = CliRunner().invoke(command, arguments)
    assert run.exit_code == 2, run.output
    assert words in " ".join(run.output.split())
