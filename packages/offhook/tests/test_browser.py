"""The browser phone does in a real Chromium what its buttons say."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_app import (
    EARS,
    NURSE,
    TOKEN,
    HurriedSpeech,
    PromptApp,
    for_a_microphone,
    listening,
    loudness,
    prompt_target,
    served,
)
from line_facts import CARELINE, NAVIGATOR
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)
from twilio.rest import Client
from werkzeug.serving import make_server

from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine
from ivr.own_line import own_target
from ivr.simulator.audio.speech import Speech
from ivr.simulator.audio.telephone import RATE, from_wav
from ivr.simulator.browser.calls import Calls
from ivr.simulator.phone import Phone
from ivr.simulator.rest_client import LocalHttpClient
from ivr.simulator.scenario import read_scenario
from ivr.simulator.target import Target, target

pytestmark = pytest.mark.slow

CHROMIUM = os.environ.get("CHROMIUM", "chromium")

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)

PATIENCE = 20_000
"""Milliseconds that something may take which happens at once on an idle machine."""

MONDAY_AT_10 = "2026-11-23T10:00:00"
IN_WINTER = "-06:00"

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Desk:
    """A browser phone on somebody's desk: its page, its calls, and where it is served."""

    page: Page
    calls: Calls
    url: str

    def on(self, element_id: str) -> Locator:
        """An element of the page by its id."""
        return self.page.locator(f"#{element_id}")

    def press(self, *keys: str) -> None:
        """Press keys on the dial pad."""
        for key in keys:
            self.page.get_by_test_id(f"key-{key}").click()

    def call(self) -> None:
        """Place a call."""
        self.on("call").click()
        expect(self.on("hang-up")).to_be_visible()

    def hears(self, text: str) -> None:
        """Wait until the captions show that this is said."""
        expect(self.on("captions")).to_contain_text(text)

    def hears_keys_behind(self, question: str) -> None:
        """Wait until the captions show the keys that answer a question: sooner none counts."""
        asked = r"\s+".join(map(re.escape, question.split()))
        expect(self.on("captions")).to_contain_text(re.compile(rf"{asked}[\s\S]*For yes"))

    def chooses(self, local: str, offset: str = IN_WINTER) -> None:
        """Choose the call's clock in the settings."""
        self.on("settings-summary").click()
        self.on("at-local").fill(local)
        self.on("at-offset").fill(offset)

    def leg(self, number: str) -> Locator:
        """The card of a dialled leg."""
        return self.page.locator(f"[data-testid=leg][data-number='{number}']")

    def answers_for(self, number: str, how: str) -> None:
        """Press a button of a dialled leg's card."""
        self.leg(number).get_by_test_id(f"leg-{how}").click()

    def warning(self, code: int) -> Locator:
        """The row of a warning in the timeline."""
        return self.page.get_by_test_id("warning").filter(has_text=f"Warning {code}")


@pytest.fixture(scope="session")
def speech() -> Speech:
    """The voices, loaded once."""
    return Speech()


@pytest.fixture(scope="session")
def spoken_yes(speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is said into the browser's microphone: a yes, once."""
    samples = speech.sound("Yes.", "en-US")
    assert samples is not None
    path = tmp_path_factory.mktemp("microphone") / "yes.wav"
    path.write_bytes(for_a_microphone(samples))
    return path


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test has a server of its own; pytest-playwright's fixture of this name warns."""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright for these tests alone: no event loop can start beside its own."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(
    playwright: Playwright, browser_type_launch_args: dict[str, object]
) -> Iterator[Browser]:
    """The browser, for as long as there is a Playwright."""
    launch: Callable[..., Browser] = playwright.chromium.launch
    with launch(**browser_type_launch_args) as running:
        yield running


@pytest.fixture(scope="module")
def browser_context_args() -> dict[str, object]:
    """Every page has a context as Playwright makes it."""
    return {}


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object], spoken_yes: Path
) -> dict[str, object]:
    """The system's Chromium, which talks to nobody and whose microphone says yes."""
    found = shutil.which(CHROMIUM)
    if found is None:
        pytest.fail(f"there is no {CHROMIUM}: apt-get install chromium, or set CHROMIUM to a path")
    says = f"--use-file-for-fake-audio-capture={spoken_yes}%noloop"
    return browser_type_launch_args | {"executable_path": found, "args": [*FLAGS, says]}


OpenDesk = Callable[[Target, Speech], Desk]


@pytest.fixture
def open_desk(page: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDesk]:
    """Open a browser phone for an app; at the end of the test its page has met no error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.extend(script_errors(message)))
    page.add_init_script(EARS)
    with ExitStack() as stack:

        def open_(called: Target, speech: Speech) -> Desk:
            monkeypatch.setattr("ivr.simulator.browser.calls.load_speech", lambda: speech)
            calls = Calls(called)
            url = stack.enter_context(served(calls))
            page.goto(url)
            expect(page.locator("#target")).to_have_text(called.name)
            return Desk(page, calls, url)

        yield open_
    assert errors == []


def script_errors(message: ConsoleMessage) -> Iterator[str]:
    """An error on the console that is no refusal of the server."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        yield message.text


@pytest.fixture
def desk(open_desk: OpenDesk, speech: Speech) -> Desk:
    """A browser phone on the small app."""
    return open_desk(prompt_target(), speech)


@pytest.fixture(scope="module")
def hurried() -> HurriedSpeech:
    """Voices in a hurry, loaded once."""
    return HurriedSpeech()


@pytest.fixture
def own_desk(open_desk: OpenDesk, hurried: HurriedSpeech, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A browser phone on this project's line, in a hurry."""
    for name in os.environ:
        if name.startswith("IVR_"):
            monkeypatch.delenv(name)
    return open_desk(own_target(TOKEN), hurried)


def test_a_whole_call_by_the_dial_pad(own_desk: Desk, line: VoiceLine) -> None:
    """Six noes, benefits, one busy, one who is not the right one, and a nurse."""
    texts = line.prompts["en"].texts
    own_desk.chooses(MONDAY_AT_10)
    own_desk.call()
    for flag in RED_FLAGS:
        own_desk.hears_keys_behind(texts[f"{flag.name}.ask"])
        own_desk.press("2")
    own_desk.hears("For your benefits and treatment options, press 2.")
    own_desk.press("2")
    own_desk.answers_for(NAVIGATOR[0], "busy")
    own_desk.hears(texts["busy"])
    own_desk.answers_for(NAVIGATOR[1], "answered")
    expect(own_desk.on("now")).to_have_text(f"Talking with {NAVIGATOR[1]}.")
    own_desk.answers_for(NAVIGATOR[1], "hang-up")
    own_desk.hears("If you did not reach the Nurse Navigator, press 1.")
    own_desk.press("1")
    own_desk.answers_for(CARELINE[0], "answered")
    own_desk.answers_for(CARELINE[0], "hang-up")
    own_desk.hears("If you did not reach a nurse, press 1.")
    own_desk.on("hang-up").click()
    own_desk.hears("The call is over: the caller hung up.")
    expect(own_desk.on("call")).to_be_visible()


def test_a_key_interrupts_a_prompt(desk: Desk) -> None:
    """A key cuts the prompt's caption short and silences the loudspeaker at once."""
    desk.call()
    sound, speaker = desk.on("sound"), desk.page.locator("html")
    expect(sound).to_have_attribute("data-sounding", "true")
    expect(speaker).to_have_attribute("data-speaker", "true")
    desk.press("4")
    desk.hears("cut short after")
    expect(sound).to_have_attribute("data-sounding", "false")
    expect(speaker).to_have_attribute("data-speaker", "false", timeout=3_000)
    expect(desk.on("now")).to_have_attribute("data-doing", "gather")


def test_typed_words_are_recognised(desk: Desk) -> None:
    """Words from the Say box reach the line as speech."""
    desk.call()
    desk.hears("Welcome")
    desk.on("say").fill("yes please")
    desk.on("say").press("Enter")
    desk.hears("You said yes please.")
    expect(desk.on("say")).to_have_value("")


def test_the_keyboard_presses_keys(desk: Desk) -> None:
    """Digits typed on the keyboard press keys, but are only text while somebody types words."""
    desk.call()
    desk.hears("Welcome")
    desk.page.keyboard.press("5")
    desk.hears("You chose 5.")
    desk.on("say").press_sequentially("23")
    expect(desk.on("say")).to_have_value("23")
    desk.on("say-button").click()
    desk.hears("You said 23.")
    pressed = desk.page.locator("#captions [data-event=pressed]")
    expect(pressed).to_have_count(1)


def test_a_transfer_can_be_busy(desk: Desk) -> None:
    """Busy is one press in the leg's card, and the line is told of it."""
    desk.call()
    desk.press("7")
    desk.answers_for(NURSE, "busy")
    desk.hears("The transfer ended: busy.")
    expect(desk.leg(NURSE).get_by_test_id("leg-status")).to_have_text("ended: busy")
    expect(desk.leg(NURSE).get_by_test_id("leg-busy")).to_be_hidden()


def test_nobody_acts_who_is_not_on_the_line(desk: Desk) -> None:
    """A key, words or a hang-up of a leg that nobody has picked up are refused in words."""
    desk.call()
    desk.press("7")
    expect(desk.leg(NURSE)).to_be_visible()
    call = f"{desk.url}/api/calls/{desk.calls.history[-1]['id']}"
    for deed, body in (("keys", {"key": "1"}), ("say", {"words": "yes"}), ("hangup", {})):
        for leg in (NURSE, "somebody"):
            answer = desk.page.request.post(f"{call}/{deed}", data=body | {"leg": leg})
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
    desk.hears("The transfer ended: completed.")


def test_an_agent_takes_the_caller_out_of_the_queue(desk: Desk) -> None:
    """While the wait document is heard an agent can answer, talk and hang up."""
    desk.call()
    desk.press("8")
    desk.hears("Please wait.")
    expect(desk.on("queue-text")).to_have_text("The caller waits in support, place 1.")
    desk.on("agent").fill("Ada")
    desk.on("connect").click()
    expect(desk.on("now")).to_have_text("Talking with Ada.")
    expect(desk.on("queue")).to_be_hidden()
    desk.answers_for("Ada", "hang-up")
    desk.hears("The wait ended: bridged.")


def test_somebody_joins_the_conference(desk: Desk) -> None:
    """A caller who waits for a conference to start talks as soon as somebody joins."""
    desk.call()
    desk.press("6")
    desk.hears("Please wait.")
    desk.on("connect").click()
    expect(desk.on("now")).to_have_text("Talking with conference:room.")
    desk.answers_for("conference:room", "hang-up")
    desk.hears("The transfer ended: answered.")


def test_sunday_at_3_is_one_press_away(own_desk: Desk) -> None:
    """A preset sets the call's clock, the clock shows it, and a yes is put to the CareLine."""
    own_desk.on("settings-summary").click()
    own_desk.on("preset-sunday-night").click()
    own_desk.on("at-offset").fill(IN_WINTER)
    own_desk.call()
    clock = re.compile(r"^Sun \d{4}-\d\d-\d\d 03:00:\d\d -06:00$")
    expect(own_desk.on("clock")).to_have_text(clock)
    own_desk.hears("For yes, press 1")
    own_desk.press("1")
    expect(own_desk.leg(CARELINE[0])).to_be_visible()


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
    desk.hears("Welcome")
    desk.on("microphone").hover()
    desk.page.mouse.down()
    expect(desk.page.locator("html")).to_have_attribute("data-microphone", "has spoken")
    desk.page.mouse.up()
    expect(desk.on("microphone-status")).to_have_text("Heard: yes")
    desk.hears("You said yes.")


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
    desk.hears("You chose 5.")
    desk.press("7")
    desk.answers_for(NURSE, "busy")
    desk.hears("The transfer ended: busy.")
    desk.press("9")
    desk.hears("The call is over")
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
    desk.hears("Welcome")
    desk.press("9")
    desk.hears("The call is over")
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
    desk.hears("The call is over: the app failed.")


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


def test_an_app_that_is_not_there_is_told(open_desk: OpenDesk, speech: Speech) -> None:
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
    desk.hears("You chose 5.")
    desk.page.reload()
    desk.hears("You chose 5.")
    expect(desk.page.get_by_test_id("past-call")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d "))
    desk.press("3")
    desk.hears("You chose 3.")


def test_a_new_tab_has_a_call_of_its_own(desk: Desk) -> None:
    """A call that another tab has in hand is not taken up; its date is in the list."""
    desk.call()
    other = Desk(desk.page.context.new_page(), desk.calls, desk.url)
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
    client.messages.create(to=NAVIGATOR[0], from_=NAVIGATOR[1], body="A text for you")
    expect(desk.page.get_by_test_id("text")).to_contain_text("A text for you")
    order = {
        "to": NAVIGATOR[0],
        "from_": NAVIGATOR[1],
        "twiml": "<Response><Say>Hi</Say></Response>",
    }
    client.calls.create(**order)
    expect(desk.page.get_by_test_id("past-call")).to_contain_text(
        f"{NAVIGATOR[1]} to {NAVIGATOR[0]}"
    )


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
