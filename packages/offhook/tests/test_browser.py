"""The browser phone does in a real Chromium what its buttons say."""

from __future__ import annotations

import http.client
import re
import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_app import (
    IN_WINTER,
    MONDAY_AT_10,
    NURSE,
    TOKEN,
    PromptApp,
    listening,
    loudness,
    prompt_target,
)
from playwright.sync_api import (
    Page,
    Route,
    expect,
)
from twilio.rest import Client
from werkzeug.serving import make_server

from offhook.audio.speech import Voices
from offhook.audio.telephone import RATE, from_wav
from offhook.callers.phone import Phone
from offhook.callers.scenario import read_scenario
from offhook.callers.target import target
from offhook.rest.client import LocalHttpClient

if TYPE_CHECKING:
    from browser_desk import Desk, OpenDesk

pytest_plugins = ("browser_desk",)
pytestmark = pytest.mark.slow

OFFICE = "+19525550143"


def test_a_key_interrupts_a_prompt(desk: Desk) -> None:
    """A key cuts the prompt's caption short and silences the loudspeaker at once."""
    desk.call()
    sound, speaker = desk.on("sound"), desk.page.locator("html")
    expect(sound).to_have_attribute("data-sounding", "true")
    expect(speaker).to_have_attribute("data-speaker", "true")
    desk.press("4")
    desk.expect_said("cut short after")
    expect(sound).to_have_attribute("data-sounding", "false")
    expect(speaker).to_have_attribute("data-speaker", "false", timeout=3_000)
    expect(desk.on("now")).to_have_attribute("data-doing", "gather")


def test_a_caption_says_whose_it_is(desk: Desk) -> None:
    """What the line says is the line's, whatever voice it has; a key is the caller's."""
    desk.call()
    captions = desk.on("captions")
    expect(captions.locator("[data-event=said] .who").first).to_have_text("Line")
    desk.press("4")
    expect(captions.locator("[data-event=pressed] .who")).to_have_text("You")


def test_typed_words_are_recognised(desk: Desk) -> None:
    """Words from the Say box reach the line as speech."""
    desk.call()
    desk.expect_said("Welcome")
    desk.on("say").fill("yes please")
    desk.on("say").press("Enter")
    desk.expect_said("You said yes please.")
    expect(desk.on("say")).to_have_value("")


def test_the_keyboard_presses_keys(desk: Desk) -> None:
    """Digits typed on the keyboard press keys, but are only text while somebody types words."""
    desk.call()
    desk.expect_said("Welcome")
    desk.page.keyboard.press("5")
    desk.expect_said("You chose 5.")
    desk.on("say").press_sequentially("23")
    expect(desk.on("say")).to_have_value("23")
    desk.on("say-button").click()
    desk.expect_said("You said 23.")
    pressed = desk.page.locator("#captions [data-event=pressed]")
    expect(pressed).to_have_count(1)


def test_a_transfer_can_be_busy(desk: Desk) -> None:
    """Busy is one press in the leg's card, and the line is told of it."""
    desk.call()
    desk.press("7")
    desk.answers_for(NURSE, "busy")
    desk.expect_said("The transfer ended: busy.")
    expect(desk.leg(NURSE).get_by_test_id("leg-status")).to_have_text("ended: busy")
    expect(desk.leg(NURSE).get_by_test_id("leg-busy")).to_be_hidden()


def test_nobody_acts_who_is_not_on_the_line(desk: Desk) -> None:
    """A key, words or a hang-up of a leg that nobody has picked up are refused in words."""
    desk.call()
    desk.press("7")
    expect(desk.leg(NURSE)).to_be_visible()
    call = f"{desk.url}/api/calls/{desk.calls.history[-1]['id']}"
    for given, body in (("keys", {"key": "1"}), ("say", {"words": "yes"}), ("hangup", {})):
        for leg in (NURSE, "somebody"):
            answer = desk.page.request.post(f"{call}/{given}", data=body | {"leg": leg})
            assert answer.status == 409
            assert answer.json() == {"error": f"Nobody is on the line at {leg}."}


def test_what_is_not_there_is_told_in_a_sentence(desk: Desk) -> None:
    """The message has no status in it, and one full stop at its end."""
    for path in ("nothing", "api/audio/nothing.wav", "api/calls/nothing/call.wav"):
        answer = desk.page.request.get(f"{desk.url}/{path}")
        assert answer.status == 404
        assert re.fullmatch(r"[A-Z][^0-9]*[^.]\.", answer.json()["error"])


def test_a_whisper_is_heard_by_the_nurse_alone(desk: Desk) -> None:
    """What a nurse is asked stands in her panel, not in the caller's, and her key accepts."""
    desk.call()
    desk.press("7")
    desk.answers_for(NURSE, "answered")
    card = desk.leg(NURSE)
    expect(card.get_by_test_id("leg-captions")).to_contain_text("Press 1 to accept.")
    expect(desk.on("captions")).not_to_contain_text("accept")
    card.locator("summary").click()
    card.get_by_test_id("leg-key-1").click()
    expect(card.get_by_test_id("leg-status")).to_have_text("talks with the caller")
    desk.answers_for(NURSE, "hang-up")
    desk.expect_said("The transfer ended: completed.")


def test_an_agent_takes_the_caller_out_of_the_queue(desk: Desk) -> None:
    """While the wait document is heard an agent can answer, talk and hang up."""
    desk.call()
    desk.press("8")
    desk.expect_said("Please wait.")
    expect(desk.on("queue-text")).to_have_text("The caller waits in support, place 1.")
    desk.on("agent").fill("Ada")
    desk.on("connect").click()
    expect(desk.on("now")).to_have_text("Talking with Ada.")
    expect(desk.on("queue")).to_be_hidden()
    desk.answers_for("Ada", "hang-up")
    desk.expect_said("The wait ended: bridged.")


def test_somebody_joins_the_conference(desk: Desk) -> None:
    """A caller who waits for a conference to start talks as soon as somebody joins."""
    desk.call()
    desk.press("6")
    desk.expect_said("Please wait.")
    desk.on("connect").click()
    expect(desk.on("now")).to_have_text("Talking with conference:room.")
    desk.answers_for("conference:room", "hang-up")
    desk.expect_said("The transfer ended: answered.")


def test_prompts_are_really_heard(desk: Desk) -> None:
    """A prompt comes as 8 kHz WAV, is decoded, and its samples and the loudspeaker are loud."""
    with desk.page.expect_response(re.compile(r"/api/audio/\w+\.wav$")) as found:
        desk.call()
    assert found.value.headers["content-type"] == "audio/wav"
    samples, rate = from_wav(found.value.body())
    assert rate == RATE
    assert loudness(samples) > 0.02
    html = desk.page.locator("html")
    expect(html).to_have_attribute("data-decoded", re.compile(r"^0\.\d"))
    assert float(html.get_attribute("data-decoded") or 0) == pytest.approx(
        loudness(samples), rel=0.1
    )
    expect(html).to_have_attribute("data-speaker", "true")


def test_what_is_said_into_the_microphone_is_recognised(desk: Desk) -> None:
    """A yes that is spoken while Talk is held reaches the line as the word."""
    desk.call()
    desk.expect_said("Welcome")
    desk.on("microphone").hover()
    desk.page.mouse.down()
    expect(desk.page.locator("html")).to_have_attribute("data-microphone", "has spoken")
    desk.page.mouse.up()
    expect(desk.on("microphone-status")).to_have_text("Heard: yes")
    desk.expect_said("You said yes.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_use_the_page(desk: Desk, width: int, scheme: str) -> None:
    """No violation is found by axe before, in and after a call, and nothing scrolls sideways."""
    page = desk.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    desk.on("settings-summary").click()
    assert obstacles(page) == []
    desk.call()
    desk.press("7")
    desk.answers_for(NURSE, "answered")
    desk.leg(NURSE).locator("summary").click()
    page.get_by_test_id("webhook").first.locator("summary").click()
    assert obstacles(page) == []
    desk.on("hang-up").click()
    expect(desk.on("call")).to_be_visible()
    assert obstacles(page) == []


def obstacles(page: Page) -> list[str]:
    """What axe finds, and a page that is wider than its window."""
    found = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    violations = found.response["violations"]
    told = [f"{each['id']}: {node['html']}" for each in violations for node in each["nodes"]]
    return [*told, *(["the page scrolls sideways"] if wide else [])]


def test_a_saved_call_can_be_placed_again(desk: Desk, tmp_path: Path) -> None:
    """The scenario that is downloaded can be read, and the same call goes well again."""
    desk.call()
    desk.press("5")
    desk.expect_said("You chose 5.")
    desk.press("7")
    desk.answers_for(NURSE, "busy")
    desk.expect_said("The transfer ended: busy.")
    desk.press("9")
    desk.expect_said("The call is over")
    scenario = read_scenario(saved(desk, "save-scenario", tmp_path / "call.toml"))
    assert "busy" in [step.name for step in scenario.steps]
    phone = Phone(prompt_target())
    assert scenario.run(phone).ended == "the app hung up (Hangup)"


def saved(desk: Desk, button: str, path: Path) -> Path:
    """The file that a button downloads."""
    with desk.page.expect_download() as download:
        desk.on(button).click()
    download.value.save_as(path)
    return path


def test_a_call_can_be_kept_as_sound(desk: Desk, tmp_path: Path) -> None:
    """The downloaded recording is a WAV of 8 kHz, as long as the call, and not silent."""
    desk.call()
    desk.expect_said("Welcome")
    desk.press("9")
    desk.expect_said("The call is over")
    samples, rate = from_wav(saved(desk, "save-wav", tmp_path / "call.wav").read_bytes())
    assert rate == RATE
    assert len(samples) > RATE
    assert loudness(samples) > 0.01


def test_a_fault_shows_its_warning(desk: Desk) -> None:
    """An app that answers with HTTP 500 on request gives the debugger's warning 11200."""
    desk.on("settings-summary").click()
    desk.on("fault-kind").select_option("500")
    desk.on("fault-add").click()
    expect(desk.page.get_by_test_id("fault")).to_contain_text("500:1")
    desk.on("call").click()
    expect(desk.warning(11200)).to_contain_text("the app answered with HTTP 500")
    desk.expect_said("The call is over: the app failed.")


@pytest.mark.parametrize(
    ("offset", "told"),
    [("Chicago", "Write the UTC offset as -06:00."), ("+99:00", "is no time with an offset")],
)
def test_a_wrong_time_is_told(desk: Desk, offset: str, told: str) -> None:
    """A time that can't be read is told in an alert, and can be mended."""
    desk.chooses(MONDAY_AT_10, offset)
    desk.on("call").click()
    expect(desk.page.get_by_role("alert")).to_contain_text(told)
    desk.on("at-offset").fill(IN_WINTER)
    desk.call()
    expect(desk.page.get_by_role("alert")).to_be_empty()


def test_an_app_that_is_not_there_is_told(open_desk: OpenDesk, speech: Voices) -> None:
    """A target that can't be reached ends the call with warning 11205; one can call again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/voice"
        desk = open_desk(target(url, auth_token=TOKEN), speech)
        desk.on("call").click()
        expect(desk.warning(11205)).to_contain_text("could not be reached")
        expect(desk.on("call")).to_be_visible()


def test_a_simulator_that_has_stopped_is_told(desk: Desk) -> None:
    """Without its server the page says so in an alert."""
    desk.page.route("**/api/calls", lambda route: route.abort())
    desk.on("call").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("The simulator does not answer.")


def test_a_reloaded_page_takes_its_call_up_again(desk: Desk) -> None:
    """After a reload its captions are there, its keys still work, and its date is in the list."""
    desk.call()
    desk.press("5")
    desk.expect_said("You chose 5.")
    desk.page.reload()
    desk.expect_said("You chose 5.")
    expect(desk.page.get_by_test_id("past-call")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d "))
    desk.press("3")
    desk.expect_said("You chose 3.")


def test_a_new_tab_has_a_call_of_its_own(desk: Desk) -> None:
    """A call that another tab has in hand is not taken up; its date is in the list."""
    desk.call()
    other = replace(desk, page=desk.page.context.new_page())
    other.page.goto(desk.url)
    expect(other.page.get_by_test_id("past-call")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d "))
    expect(other.on("call")).to_be_visible()
    other.call()


STRANGERS = (
    {"Host": "phone.example.org"},
    {"Host": "phone.example.org:{port}"},
    {"Origin": "http://phone.example.org"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "null"},
)


def test_strangers_are_refused(desk: Desk) -> None:
    """A request under another host's name, or from another origin, gets 403."""
    port = urlsplit(desk.url).port
    assert port is not None
    assert [status_for(port, headers) for headers in STRANGERS] == [403] * len(STRANGERS)
    assert desk.calls.history == []
    assert status_for(port, {"Origin": "http://127.0.0.1:{port}"}) == 201


def status_for(port: int, headers: dict[str, str]) -> int:
    """The status that a request to place a call gets, with these headers."""
    sent = {name: value.format(port=port) for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    with closing(connection):
        connection.request("POST", "/api/calls", "{}", {"Content-Type": "application/json"} | sent)
        return connection.getresponse().status


def test_a_strangers_page_can_place_no_call(desk: Desk) -> None:
    """Chromium on another page, or on a name that leads to this machine, gets no call placed."""
    port = urlsplit(desk.url).port
    answer = desk.page.goto(f"http://phone.localhost:{port}/")
    assert answer is not None
    assert answer.status == 403
    ask = "url => fetch(url, {method: 'POST', mode: 'no-cors', body: '{}'}).then(a => a.type)"
    with listening(make_server("127.0.0.1", 0, PromptApp())) as stranger:
        desk.page.goto(f"{stranger}/voice")
        assert desk.page.evaluate(ask, f"{desk.url}/api/calls") == "opaque"
    assert desk.calls.history == []


def test_what_the_rest_api_brings_is_shown_at_once(desk: Desk) -> None:
    """A text lands in the inbox of the open page, and a call that was placed in its list."""
    account = desk.calls.exchange.account_sid
    client = Client(account, TOKEN, http_client=LocalHttpClient(desk.url))
    client.messages.create(to=NURSE, from_=OFFICE, body="A text for you")
    expect(desk.page.get_by_test_id("text")).to_contain_text("A text for you")
    order = {
        "to": NURSE,
        "from_": OFFICE,
        "twiml": "<Response><Say>Hi</Say></Response>",
    }
    client.calls.create(**order)
    expect(desk.page.get_by_test_id("past-call")).to_contain_text(f"{OFFICE} to {NURSE}")


def test_nothing_can_be_called_before_the_page_is_ready(desk: Desk) -> None:
    """A click that comes sooner would send the form away, and be lost."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/api/state", hold)
    with desk.page.expect_request("**/api/state"):
        desk.page.reload(wait_until="commit")
    expect(desk.on("call")).to_be_disabled()
    expect(desk.on("tty")).to_be_disabled()
    held.pop().continue_()
    desk.call()
