"""The pytest plugin and the scenario files, as somebody else's project uses them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from offhook.callers.place_call import CallRequest
from offhook.callers.scenario import ScenarioError, read_scenario
from offhook.callers.scenario_writer import as_scenario
from offhook.callers.target import target
from offhook.events import HUNG_UP, Ended, KeySent

pytestmark = pytest.mark.slow

APP = '''
"""A phone tree of two steps."""
from urllib.parse import parse_qs

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    form = parse_qs(body)
    if environ["PATH_INFO"] == "/voice":
        inner = "<Gather action='/choice' numDigits='1'><Say>Press 1 for a nurse.</Say></Gather>"
    elif environ["PATH_INFO"] == "/choice" and form["Digits"] == ["1"]:
        inner = "<Dial><Number url='/whisper'>+16125550199</Number></Dial><Say>Bye</Say>"
    elif environ["PATH_INFO"] == "/whisper":
        inner = "<Gather numDigits='1' action='/accept'><Say>A caller.</Say></Gather><Hangup/>"
    elif environ["PATH_INFO"] == "/accept":
        inner = ""
    else:
        inner = "<say>oops</say>"
    start_response("200 OK", [("Content-Type", "text/xml")])
    return [f"<Response>{inner}</Response>".encode()]
'''

TEST = '''
"""Calls on the phone tree."""

def test_a_nurse(phone):
    """1 rings a nurse, who takes the call."""
    call = phone.dial("+19525550100", at="2026-11-23T10:00-06:00")
    call.expect_said("press 1")
    call.press("1")
    call.expect_ringing("+16125550199")
    call.answer(whisper="1")
    call.end_talk()
    call.expect_said("bye")
    assert call.ended
    assert call.warnings == []

def test_that_fails():
    """Nothing is wrong with phones."""
    assert False

def test_wrong_words(phone):
    """This is not what is said."""
    phone.dial().expect_said("press 9 for a doctor")

def test_a_plain_assertion(phone):
    """An assertion of one's own shows the transcript too."""
    call = phone.dial()
    call.press("2")
    assert call.warnings == []
'''

SCENARIO = """
title = "The nurse declines"
steps = [
  {hears = "Press 1 for a nurse"},
  {press = "1"},
  {dialled = "+16125550199"},
  {answers = ""},
  {hears = "A caller", leg = "+16125550199"},
  {hears = "Bye"},
  {ended = "the document ended"},
]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody's project: an app, a test and a scenario."""
    (tmp_path / "tree.py").write_text(APP, "utf-8")
    (tmp_path / "test_tree.py").write_text(TEST, "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "declined.toml").write_text(SCENARIO, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nphone_app = tree:app\n", "utf-8")
    return tmp_path


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the project, as its owner does."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_fixture_calls_the_app_of_the_ini_file(project: Path) -> None:
    """`phone_app` names a WSGI app in the project's folder; whispers and talks are held."""
    result = run(project, "pytest", "-k", "test_a_nurse")
    assert result.returncode == 0, result.stdout


def test_a_failure_shows_the_transcript(project: Path) -> None:
    """Wrong words and assertions of one's own alike; other tests show none."""
    result = run(project, "pytest", "-p", "no:cacheprovider", "-rN", "test_tree.py")
    assert "1 passed" in result.stdout
    assert "not heard: 'press 9 for a doctor'" in result.stdout
    assert "heard instead: press 1 for a nurse." in result.stdout
    assert result.stdout.count("+16125550123 calls +19525550100") == 2
    assert "12200: <say> can't stand in <Response>; did you mean <Say>?" in result.stdout
    assert "phone_call.py" not in result.stdout


def test_a_stream_of_an_app_that_is_not_served_is_explained(project: Path) -> None:
    """No socket leads to an app of the process, so none is opened; the warning says what to do."""
    stream = "<Connect><Stream url='ws://localhost/audio'/></Connect>"
    tree = (project / "tree.py").read_text("utf-8").replace("<say>oops</say>", stream)
    (project / "tree.py").write_text(tree, "utf-8")
    result = run(project, "pytest", "-k", "test_a_plain_assertion")
    assert "31920: the media stream could not be opened (the app runs in this proc" in result.stdout
    assert "Serve the app, and call its URL" in result.stdout


def test_scenarios_are_collected_as_tests(project: Path) -> None:
    """A TOML file in a folder named `scenarios` is a test of its own."""
    result = run(project, "pytest", "scenarios", "-v")
    assert "declined PASSED" in result.stdout


def test_a_scenario_that_does_not_hold_names_its_step(project: Path) -> None:
    """The step, what was heard instead, and the transcript; no traceback."""
    path = project / "scenarios" / "declined.toml"
    path.write_text(SCENARIO.replace("Bye", "Farewell"), "utf-8")
    result = run(project, "pytest", "scenarios")
    assert 'step 6 (hears = "Farewell"): not heard' in result.stdout
    assert "calls +19525550100" in result.stdout
    assert "Traceback" not in result.stdout


def test_without_an_app_it_says_what_to_write(project: Path) -> None:
    """A test that asks for a phone, in a project that names no app, is told how to."""
    (project / "pytest.ini").write_text("[pytest]\n", "utf-8")
    result = run(project, "pytest", "-k", "test_a_nurse")
    assert 'phone_app = "wsgi:app"' in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("app", "message"),
    [
        ("missing:app", "'missing' can't be imported"),
        ("tree:nobody", "'tree' has no app named 'nobody'"),
        ("tree", "names no app"),
        ("ftp://localhost/", "is no URL to call"),
    ],
)
def test_an_app_that_is_not_there_is_named(project: Path, app: str, message: str) -> None:
    """Each wrong name of an app has a message of its own."""
    result = run(project, "pytest", f"--phone-app={app}", "-k", "test_a_nurse")
    assert message in result.stdout + result.stderr
    assert result.returncode != 0


def test_scenarios_run_outside_pytest_with_junit(project: Path) -> None:
    """`offhook scenario run` says what passed, writes JUnit XML, and exits 0, 1 or 2."""
    done = run(
        project, "offhook", "scenario", "run", "scenarios", "tree:app", "--junit", "report.xml"
    )
    assert done.returncode == 0, done.stderr
    assert "passed  The nurse declines" in done.stdout
    assert 'tests="1" failures="0" errors="0"' in (project / "report.xml").read_text("utf-8")
    bad = project / "scenarios" / "wrong.toml"
    bad.write_text('steps = [{press = "2"}, {hears = "never"}]', "utf-8")
    assert run(project, "offhook", "scenario", "run", "scenarios", "tree:app").returncode == 1
    bad.write_text('steps = [{pres = "2"}]', "utf-8")
    unread = run(project, "offhook", "scenario", "run", "scenarios", "tree:app")
    assert unread.returncode == 2
    assert "wrong.toml: step 1: a step has no 'pres'; did you mean press?" in unread.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps = [", "can't be read"),
        ("", "there are no steps"),
        ("steps = [{press = 1}]", "press is a text in quotes, not 1"),
        ('steps = [{press = "1", say = "x"}]', "press and say are two steps"),
        ('steps = [{press = "1", leg = "x"}]', "press has no 'leg'"),
        ('titel = "x"\nsteps = [{silence = true}]', "did you mean title?"),
        ('at = "noon"\nsteps = [{silence = true}]', "no time with an offset"),
        ('faults = ["burn:1"]\nsteps = [{silence = true}]', "'burn:1' is no fault"),
        ('steps = ["1"]', "a step is written"),
    ],
)
def test_a_scenario_with_a_fault_in_it_is_named(tmp_path: Path, text: str, message: str) -> None:
    """Each fault of a scenario file is one message: the file, the place, what to write."""
    path = tmp_path / "call.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=r"call\.toml") as caught:
        read_scenario(path)
    assert message in str(caught.value)


def test_a_saved_call_is_a_scenario_that_passes(project: Path) -> None:
    """What `offhook phone --save` writes can be placed again, whisper and hang-up included."""
    script = "now:1 answered leg:1 leg:hangup"
    saved = run(
        project, "ivr", "phone", "tree:app", "--script", script, "--save", "scenarios/saved.toml"
    )
    assert saved.returncode == 0, saved.stderr
    text = (project / "scenarios" / "saved.toml").read_text("utf-8")
    assert 'press = "1", interrupt = true' in text
    assert 'answers = "1"' in text
    assert "they_hang_up = true" in text
    again = run(project, "offhook", "scenario", "run", "scenarios", "tree:app")
    assert again.returncode == 0, again.stdout


DESK = '''
"""Whispers, a queue and a conference."""
from urllib.parse import parse_qs

DOCUMENTS = {
    "/voice": "<Gather action='/choice' numDigits='1'><Say>Choose.</Say></Gather>",
    "/choice1": "<Dial><Number url='/whisper'>+16125550199</Number></Dial><Say>Bye</Say>",
    "/choice2": "<Enqueue waitUrl='/wait'>desk</Enqueue><Say>Bye</Say>",
    "/choice3": "<Dial><Conference waitUrl='/wait'>room</Conference></Dial><Say>Bye</Say>",
    "/whisper": "<Gather numDigits='1' action='/accept'><Say>A caller.</Say></Gather><Hangup/>",
    "/accept": "",
    "/wait": "<Say>Please wait.</Say>",
}

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    path = environ["PATH_INFO"]
    if path == "/choice":
        path += parse_qs(body)["Digits"][0]
    start_response("200 OK", [("Content-Type", "text/xml")])
    return [f"<Response>{DOCUMENTS[path]}</Response>".encode()]
'''


@pytest.mark.parametrize(
    "arguments",
    [
        ("--script", "1 answered leg:5 completed"),
        ("--script", "1 answered leg:hangup"),
        ("--script", "1 answered"),
        ("--script", "1 machine"),
        ("--script", "1 no-answer"),
        ("--script", "2 completed"),
        ("--script", "3 completed"),
        ("--script", "now:1 hangup"),
        ("--script", "silence"),
        ("--script", "1 busy", "--fault", "500:2"),
        ("--script", "1 busy", "--fault", "hangup:4"),
    ],
)
def test_whatever_happened_in_a_call_it_can_be_placed_again(
    project: Path, arguments: tuple[str, ...]
) -> None:
    """Whispers, hang-ups, machines, queues, conferences and faults are all saved."""
    (project / "desk.py").write_text(DESK, "utf-8")
    (project / "saved").mkdir()
    run(project, "offhook", "phone", "desk:app", *arguments, "--save", "saved/call.toml")
    again = run(project, "offhook", "scenario", "run", "saved", "desk:app")
    assert again.returncode == 0, again.stdout + (project / "saved" / "call.toml").read_text()


def test_a_saved_title_can_hold_any_character() -> None:
    """Quotes and backslashes are escaped."""
    request = CallRequest(target("http://localhost:5000/voice"), "+1", "+2")
    assert 'title = "say \\"hi\\" \\\\"' in as_scenario(request, [], 'say "hi" \\')


def test_keys_that_went_to_a_stream_are_saved() -> None:
    """They are steps as keys of a gather are."""
    request = CallRequest(target("http://localhost:5000/voice"), "+1", "+2")
    saved = as_scenario(request, [KeySent("7"), Ended(HUNG_UP)], "keys")
    assert saved.index('{press = "7"}') < saved.index("{hangs_up = true}")
