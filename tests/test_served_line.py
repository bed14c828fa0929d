"""Edited files are taken up by a line that is served, or refused while all goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from line_facts import CARELINE, MONDAY_AT_10, SETTINGS, TOKEN
from twilio.request_validator import RequestValidator
from werkzeug.test import Client, TestResponse

import ivr.served_line
from ivr import ConfigError, create_app
from ivr.config import Settings
from ivr.directory import SHIPPED_DIRECTORY
from ivr.own_line import own_target
from ivr.served_line import ServedLine
from ivr.twilio.signature import HEADER
from ivr.wording import SHIPPED_PROMPTS
from offhook.callers.phone import Phone
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport

FLAG = "/voice/en/bladder-bowel/1"
NEW = "+16123390000"
CUTS = 12
"""Places at which a file is cut off; a line is made anew for each."""


@pytest.fixture
def files(tmp_path: Path) -> Settings:
    """A copy of the shipped files."""
    shutil.copy(SHIPPED_DIRECTORY, tmp_path)
    shutil.copytree(SHIPPED_PROMPTS, tmp_path / "prompts")
    directory = tmp_path / SHIPPED_DIRECTORY.name
    return replace(SETTINGS, directory=directory, prompts=tmp_path / "prompts")


def ask(served: ServedLine) -> TestResponse:
    """Want a nurse at the first question."""
    form = {"Digits": "0", "From": "+16125550123", "To": "+19525550100"}
    url = f"{SETTINGS.public_url}{FLAG}"
    headers = {HEADER: RequestValidator(TOKEN).compute_signature(url, form)}
    return Client(served, TestResponse).post(FLAG, data=form, headers=headers)


def is_refused(served: ServedLine) -> bool:
    """What the health check says."""
    answer = Client(served, TestResponse).get("/healthz")
    assert answer.status_code == 200
    assert answer.text in {"ok\n", "ok, but a change was refused\n"}
    return "refused" in answer.text


def edit(path: Path, old: str, new: str) -> None:
    """Replace something in a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_an_edit_is_taken_up_when_told_and_not_before(files: Settings) -> None:
    """Numbers and words."""
    served = ServedLine(files)
    edit(files.directory, CARELINE[0], NEW)
    edit(files.prompts / "en.toml", "Please stay on the line", "Please wait")
    assert CARELINE[0] in ask(served).text
    assert served.reload() == ""
    assert NEW in ask(served).text
    assert "Please wait" in ask(served).text
    assert not is_refused(served)


def cuts(whole: bytes, last: bytes) -> Iterator[bytes]:
    """A file as it is while somebody writes it, until the last entry that it has to have."""
    needed = whole.rindex(last)
    for number in range(CUTS):
        yield whole[: needed * number // (CUTS - 1)]


@pytest.mark.parametrize(
    ("name", "last"), [("directory.toml", b"sunday"), ("prompts/en.toml", b"[tty.words]")]
)
def test_a_file_that_is_half_written_changes_nothing(
    files: Settings, name: str, last: bytes
) -> None:
    """Wherever it is cut off, it is refused by name, and whole again it is taken up."""
    path = files.directory.parent / name
    whole = path.read_bytes()
    served = ServedLine(files)
    for part in cuts(whole, last):
        path.write_bytes(part)
        assert path.name in served.reload()
        assert CARELINE[0] in ask(served).text
        assert is_refused(served)
    path.write_bytes(whole)
    assert served.reload() == ""
    assert not is_refused(served)


@pytest.mark.parametrize("name", ["directory.toml", "prompts/en.toml", "prompts"])
def test_a_file_that_is_gone_changes_nothing(files: Settings, name: str) -> None:
    """As while it is moved into place."""
    served = ServedLine(files)
    path = files.directory.parent / name
    path.rename(files.directory.parent / "elsewhere")
    assert served.reload()
    assert CARELINE[0] in ask(served).text


def test_whatever_fails_at_a_reload_changes_nothing(
    files: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what nobody has thought of; its message is not shown."""

    def fail(_: Settings) -> None:
        raise MemoryError("secret")

    served = ServedLine(files)
    monkeypatch.setattr(ivr.served_line, "create_app", fail)
    assert "MemoryError" in served.reload()
    assert "secret" not in served.reload()
    assert CARELINE[0] in ask(served).text
    assert is_refused(served)


def test_few_of_many_faults_are_named(files: Settings) -> None:
    """A line of a log is no list of 300."""
    (files.prompts / "en.toml").write_text("[voice]\n")
    told = ServedLine(SETTINGS)
    assert told.reload() == ""
    with pytest.raises(ConfigError):
        ServedLine(files)
    served = ServedLine(replace(files, prompts=SHIPPED_PROMPTS))
    files.directory.write_text("")
    assert len(served.reload()) < 1000


# In the simulator


@pytest.fixture
def own(files: Settings, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """A phone on the line of these files."""
    monkeypatch.setenv("IVR_DIRECTORY", str(files.directory))
    monkeypatch.setenv("IVR_PROMPTS", str(files.prompts))
    return Phone(own_target(""))


def test_a_call_in_the_simulator_has_the_words_as_they_are_now(own: Phone, files: Settings) -> None:
    """Nobody starts it anew to hear what was edited."""
    assert "hang up and dial 911" in own.dial().said
    edit(files.prompts / "en.toml", "If this is an emergency, hang up and dial", "Hang up, dial")
    call = own.dial()
    assert "Hang up, dial 911" in call.said
    assert call.warnings == []


def test_a_call_in_the_simulator_says_why_it_has_the_old_words(own: Phone, files: Settings) -> None:
    """Each call does, until the files are mended."""
    path = files.prompts / "en.toml"
    right = path.read_text("utf-8")
    path.write_text(f"{right}\njunk\n", "utf-8")
    for _ in range(2):
        call = own.dial()
        assert "hang up and dial 911" in call.said
        (warning,) = call.warnings
        assert (warning.code, warning.remedy) == (0, "Mend it and call again.")
        assert "as it was before it was edited: en.toml: is not TOML" in warning.message
    path.write_text(right, "utf-8")
    assert own.dial().warnings == []


# The clock


def test_a_clock_that_is_set_back_loses_nobody() -> None:
    """An hour between any two webhooks: the questions are asked, and a nurse is dialled."""
    now = [MONDAY_AT_10]

    def clock() -> datetime:
        now[0] -= timedelta(hours=1)
        return now[0]

    app = create_app(Settings(TOKEN), clock=clock)
    line = own_target(TOKEN).line
    phone = Phone(Target("line", line, WsgiTransport(app.wsgi_app, "http://localhost"), TOKEN))
    call = phone.dial()
    for key in "222222":
        call.press(key)
    call.press("1")
    call.expect_ringing(CARELINE[0])
    assert call.warnings == []
