"""Apps that know nothing of this simulator are called as Twilio calls them.

Each is called in this process and over HTTP; the one in Node.js over HTTP alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from apps import forwarding, phone_tree, rooms, survey
from apps.serving import TOKEN, http_phone, serving
from flask import Flask

from offhook.callers.phone import Phone
from offhook.callers.scenario import read_scenario
from offhook.callers.target import target

pytestmark = pytest.mark.slow

APPS: dict[str, Flask] = {
    "phone_tree": phone_tree.app,
    "survey": survey.app,
    "forwarding": forwarding.app,
    "rooms": rooms.app,
}

NODE_APP = Path(__file__).parent / "apps" / "app.mjs"
NODE = shutil.which("node") or ""

BASE = "https://samples.example.org"
HER = "+16125550199"

WAIT_SECONDS = 10.0
"""A hang shows as a failure after this time."""

PhoneFor = Callable[[str, str], Phone]


@pytest.fixture(params=["in process", "over HTTP"])
def phone_on(request: pytest.FixtureRequest) -> Iterator[PhoneFor]:
    """A phone on an app and its path; calls that go on are hung up at the end."""
    with ExitStack() as stack:

        def make(name: str, path: str) -> Phone:
            if request.param == "in process":
                spec = f"apps.{name}:app{path}"
                phone = Phone(target(spec, auth_token=TOKEN, base_url=BASE))
            else:
                phone = http_phone(stack.enter_context(serving(APPS[name])) + path)
            stack.callback(phone.hang_up_all)
            return phone

        yield make


def test_a_phone_tree_is_walked(phone_on: PhoneFor) -> None:
    """Keys, wrong keys and words lead where the app says, over its session."""
    phone = phone_on("phone_tree", "/welcome")
    call = phone.dial()
    call.expect_said("press 1 for directions")
    call.press("9")
    call.expect_said("returning to the main menu")
    call.press("2")
    call.expect_said("name of your planet")
    call.say("brodo asogi")
    call.expect_said("beaming you to brodo asogi from menu")
    assert call.ended == "the document ended"
    assert not call.warnings


def test_a_phone_tree_counts_in_its_session(phone_on: PhoneFor) -> None:
    """A cookie carries the count over one call, and the next call begins anew."""
    phone = phone_on("phone_tree", "/welcome")
    for _ in range(2):
        call = phone.dial()
        for _ in range(3):
            call.stay_silent()
        call.expect_said("goodbye")
        assert call.ended == "the document ended"


def test_a_phone_with_another_token_is_refused(phone_on: PhoneFor) -> None:
    """The app's own check of the signature says 403."""
    good = phone_on("phone_tree", "/welcome")
    bad = Phone(type(good.target)("x", good.target.line, good.target.transport, "wrong"))
    (warning,) = bad.dial().warnings
    assert warning.code == 11200
    assert "403" in warning.message
    assert "signature" in warning.remedy


def test_a_survey_keeps_a_recording(phone_on: PhoneFor) -> None:
    """Record posts its recording, its length and the key that ended it; the text comes too."""
    survey.answers.clear()
    call = phone_on("survey", "/voice").dial()
    call.expect_said("rate us")
    call.press("7")
    call.expect_said("tell us why")
    call.say("you were kind to me")
    call.press("#")
    call.expect_said("you gave us a 7")
    assert call.ended == "the app hung up (Hangup)"
    text, answer = survey.answers
    assert text == {"text": "you were kind to me"}
    assert answer["rating"] == "7"
    assert answer["Digits"] == "#"
    assert int(answer["RecordingDuration"]) > 0
    assert "/Recordings/RE" in answer["RecordingUrl"]


def test_a_survey_gets_the_recording_of_who_hangs_up(phone_on: PhoneFor) -> None:
    """The action is requested once more, with `hangup`, though nobody hears its answer."""
    survey.answers.clear()
    call = phone_on("survey", "/voice").dial()
    call.press("3")
    call.say("bye")
    call.hang_up()
    assert survey.answers[-1]["Digits"] == "hangup"
    assert call.ended == "the caller hung up"


def test_a_forwarded_call_is_put_through(phone_on: PhoneFor) -> None:
    """Whisper, acceptance, talk and the words after it."""
    forwarding.ended.clear()
    call = phone_on("forwarding", "/voice").dial()
    call.expect_ringing(HER)
    call.answer("1")
    call.end_talk(after=60)
    call.expect_said("you talked for")
    assert forwarding.ended == ["initiated", "ringing", "in-progress", "completed"]
    assert not call.warnings


@pytest.mark.parametrize(
    ("how", "status"),
    [("be_busy", "busy"), ("ring_out", "no-answer"), ("be_unreachable", "failed")],
)
def test_a_forwarded_call_falls_back_to_voicemail(
    phone_on: PhoneFor, how: str, status: str
) -> None:
    """However it fails, the caller may leave a message."""
    call = phone_on("forwarding", "/voice").dial()
    getattr(call, how)()
    call.expect_said(f"they are {status}")
    call.say("call me back")
    call.press("#")
    call.expect_said("your message was kept")


def test_a_leg_that_does_not_accept_counts_as_completed(phone_on: PhoneFor) -> None:
    """A machine that presses nothing hears the whisper in vain; its status does not tell."""
    call = phone_on("forwarding", "/voice").dial()
    call.answer_by_machine()
    call.expect_said("they are completed")


def test_a_conference_waits_for_its_moderator(phone_on: PhoneFor) -> None:
    """It starts when the moderator comes, and ends when the moderator goes."""
    rooms.results.clear()
    phone = phone_on("rooms", "/conference")
    guest = phone.dial(caller="+16125550101")
    guest.expect_said("please wait for the moderator")
    chair = phone.dial(caller=rooms.MODERATOR)
    assert guest.ended == chair.ended == ""
    chair.hang_up()
    assert "The conference is over." in guest.said
    assert rooms.results == ["answered"]


def test_a_queue_connects_the_first_caller(phone_on: PhoneFor) -> None:
    """Callers hear their place, one leaves, an agent takes the first."""
    rooms.results.clear()
    phone = phone_on("rooms", "/caller")
    first, second = phone.dial(), phone.dial(caller="+16125550102")
    first.expect_said("you are number 1")
    second.expect_said("you are number 2")
    second.press("*")
    second.expect_said("result leave")
    agent_line = f"{phone.target.line.voice_url.removesuffix('/caller')}/agent"
    phone.rest_client.calls.create(to=HER, from_="+19525550100", url=agent_line)
    agent = phone.pick_up()
    assert agent.ended == ""
    first.hang_up()
    assert "Done completed" in agent.said
    assert not first.warnings
    assert not agent.warnings


def test_scenarios_run_on_any_app(phone_on: PhoneFor, tmp_path: Path) -> None:
    """A file of steps calls a stranger's app like one's own."""
    path = tmp_path / "directions.toml"
    path.write_text(
        'steps = [{hears = "planet"}, {press = "1"}, {hears = "walk north"}, {warnings = []}]'
    )
    read_scenario(path).run(phone_on("phone_tree", "/welcome"))


# Another language


@pytest.fixture(scope="module")
def node_url() -> Iterator[str]:
    """The app in Node.js, on a port of its own choice."""
    if not NODE:
        pytest.fail("Node.js is missing; on Debian: apt-get install nodejs")
    environ = {**os.environ, "TWILIO_AUTH_TOKEN": TOKEN}
    with subprocess.Popen([NODE, NODE_APP], env=environ, stdout=subprocess.PIPE, text=True) as app:
        try:
            assert app.stdout is not None
            yield f"http://127.0.0.1:{int(app.stdout.readline())}/voice"
        finally:
            app.kill()
            app.wait(WAIT_SECONDS)


def test_an_app_in_another_language_is_walked(node_url: str) -> None:
    """Forms, escapes and cookies arrive as it reads them, and its own check accepts each."""
    call = http_phone(node_url).dial()
    call.expect_said("say a colour")
    call.say("grün")
    call.expect_said("You like grün, seen=yes; again=no.")
    assert not call.warnings


def test_an_app_in_another_language_redirects_by_http(node_url: str) -> None:
    """A 307 with an unescaped Location is followed, signed anew."""
    call = http_phone(node_url).dial()
    call.press("1#")
    call.expect_ringing(HER)
    call.be_busy()
    call.expect_said("they were busy")
    call.expect_said("moved there")
    assert call.ended == "the app hung up (Hangup)"
    assert not call.warnings


def test_an_app_in_another_language_refuses_a_wrong_token(node_url: str) -> None:
    """Its 403 is told with a hint at the signature."""
    (warning,) = http_phone(node_url, token="wrong").dial().warnings
    assert (warning.code, "signature" in warning.remedy) == (11200, True)
