"""The TTY of the browser phone, in a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from apps import tty_app
from apps.serving import TOKEN
from axe_playwright_python.sync_playwright import Axe
from browser_app import EARS, hang_up_all
from playwright.sync_api import Browser, Page, expect, sync_playwright
from twilio.rest import Client

from offhook.audio.speech import Voices
from offhook.audio.telephone import encode, from_wav
from offhook.browser.calls import Calls
from offhook.browser.page_server import phone_server
from offhook.callers.loopback import Loopback, announced, served
from offhook.callers.target import target
from offhook.rest.client import LocalHttpClient
from ttymodem.modem import Receiver

pytestmark = pytest.mark.slow

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)

PATIENCE = 30_000
"""Milliseconds that something may take: these calls go by in real time."""


LEAD = "q" * 20
"""Letters that take three seconds to send, and so keep a turn open for as long."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser, for these tests alone: no event loop can start beside its own."""
    found = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if found is None:
        pytest.fail("there is no chromium: apt-get install chromium, or set CHROMIUM to a path")
    with (
        sync_playwright() as running,
        running.chromium.launch(executable_path=found, args=FLAGS) as browser,
    ):
        yield browser


class Desk:
    """The browser phone's page."""

    def __init__(self, page: Page, calls: Calls) -> None:
        """Take it as it is open."""
        self.page = page
        self.calls = calls

    def call(self) -> None:
        """Place a call by TTY."""
        self.page.check("#tty")
        self.page.click("#call")
        expect(self.page.locator("#hang-up")).to_be_visible()

    def another(self) -> Desk:
        """The phone in another tab of the same browser."""
        page = self.page.context.new_page()
        page.goto(self.page.url)
        return Desk(page, self.calls)

    def dials(self, number: str) -> None:
        """Let the line dial somebody, and greet the caller again when that has ended."""
        account, base = self.calls.exchange.account_sid, self.page.url.rstrip("/")
        client = Client(account, TOKEN, http_client=LocalHttpClient(base))
        greet = self.calls.target.line.voice_url
        document = f'<Response><Dial action="{greet}">{number}</Dial></Response>'
        client.calls(str(self.calls.history[-1]["id"])).update(twiml=document)

    def expect_text(self, *texts: str) -> None:
        """Wait until the display shows these, one after the other."""
        pattern = r"[\s\S]*".join(map(re.escape, texts))
        display = self.page.locator("#tty-display")
        expect(display).to_contain_text(re.compile(pattern), timeout=PATIENCE)

    def is_quiet(self) -> None:
        """Wait until nobody sends."""
        light = self.page.locator("#tty-light")
        expect(light).to_have_text("Nobody sends.", timeout=PATIENCE)


@pytest.fixture
def open_desk(
    chromium: Browser, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """A browser phone on a path of the small app; its pages meet no error."""
    monkeypatch.setattr("offhook.browser.calls.load_voices", lambda: None)
    errors: list[str] = []
    with ExitStack() as stack:
        loopback = stack.enter_context(Loopback())
        stack.enter_context(announced(loopback.url))
        app = target(f"apps.tty_app:app/{request.param}", auth_token=TOKEN)
        calls = Calls(stack.enter_context(served(app)))
        loopback.serve(phone_server(calls))
        stack.callback(hang_up_all, calls)
        context = stack.enter_context(chromium.new_context())
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.add_init_script(EARS)
        page.goto(loopback.url)
        yield Desk(page, calls)
    assert errors == []


on = pytest.mark.parametrize


@on("open_desk", ["voice"], indirect=True)
def test_a_conversation_in_the_browser(open_desk: Desk) -> None:
    """Text comes in and goes out letter by letter, its tones are heard, and SK ends it."""
    page = open_desk.page
    open_desk.call()
    expect(page.locator("html")).to_have_attribute("data-speaker", "true", timeout=PATIENCE)
    open_desk.expect_text("Line", tty_app.GREETING)
    open_desk.is_quiet()
    page.locator("#tty-keys").press_sequentially("hi 5")
    page.click("#tty-ga")
    open_desk.expect_text("You", "HI 5 GA", "Line", "HI 5 GA")
    open_desk.is_quiet()
    page.locator("#tty-keys").press_sequentially(" sk")
    open_desk.expect_text("BYE SK")
    expect(page.locator("#call")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#tty-light")).to_have_text("The call is over.")
    expect(page.locator("#captions")).to_contain_text("(voice)")
    page.get_by_test_id("past-call").click()
    open_desk.expect_text("HI 5 GA", "BYE SK")


@on("open_desk", ["both"], indirect=True)
@on("place", ["Home", "ArrowLeft", "ControlOrMeta+a"])
def test_a_key_is_sent_wherever_the_caret_stands(open_desk: Desk, place: str) -> None:
    """A TTY has no caret: what is typed, or pasted, follows what was sent."""
    page = open_desk.page
    keys = page.locator("#tty-keys")
    open_desk.call()
    keys.press_sequentially(f"{LEAD}a")
    keys.press(place)
    keys.press("a")
    expect(keys).to_have_value(f"{LEAD}aa")
    keys.press_sequentially("bc")
    keys.press(place)
    keys.press("d")
    expect(keys).to_have_value(f"{LEAD}aabcd")
    keys.press(place)
    page.keyboard.insert_text("ef")
    expect(keys).to_have_value(f"{LEAD}aabcdef")
    page.click("#tty-ga")
    keys.press(place)
    page.evaluate("navigator.clipboard.writeText(' 1')")
    keys.press("ControlOrMeta+v")
    expect(keys).to_have_value(f"{LEAD}aabcdef GA 1")
    open_desk.expect_text("You", "QAABCDEF GA 1")


@on("open_desk", ["both"], indirect=True)
def test_what_was_refused_is_not_shown_as_sent(open_desk: Desk) -> None:
    """It leaves the field, and the reason stays while the next letters are typed."""
    page = open_desk.page
    keys = page.locator("#tty-keys")
    open_desk.call()
    for refused, reason in (("[", "has no key for ["), ("a" * 2001, "1 to 2000 characters")):
        keys.press_sequentially(LEAD)
        page.keyboard.insert_text(refused)
        keys.press_sequentially("yo")
        open_desk.expect_text("You", "QYO")
        expect(keys).to_have_value(f"{LEAD}yo")
        expect(page.locator("#tty-hint")).to_contain_text(reason)
        expect(page.get_by_role("alert")).to_contain_text(reason)
        page.click("#tty-return")
    page.clock.install()
    keys.press("[")
    expect(page.locator("#tty-hint")).to_contain_text("has no key")
    page.clock.run_for(10_000)
    keys.press("a")
    expect(page.locator("#tty-hint")).to_contain_text("Each letter is sent")
    expect(page.get_by_role("alert")).to_be_empty()


@on("open_desk", ["both"], indirect=True)
@on("place", ["End", "Home", "ControlOrMeta+a"])
def test_composed_text_is_sent_wherever_the_caret_stands(open_desk: Desk, place: str) -> None:
    """Text of an input method is sent once, when it is whole."""
    page = open_desk.page
    keys = page.locator("#tty-keys")
    method = page.context.new_cdp_session(page)
    open_desk.call()
    keys.press_sequentially(f"{LEAD}a")
    keys.press(place)
    for text in ("a", "ab"):
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        method.send("Input.imeSetComposition", {"text": text, **at})
    method.send("Input.insertText", {"text": "ab"})
    expect(keys).to_have_value(f"{LEAD}aab")
    keys.press("c")
    expect(keys).to_have_value(f"{LEAD}aabc")
    open_desk.expect_text("You", "QAABC")


@on("open_desk", ["both"], indirect=True)
@on("key", ["Backspace", "Delete", "ControlOrMeta+z", "ControlOrMeta+Shift+z", "ControlOrMeta+x"])
def test_nothing_is_taken_back(open_desk: Desk, key: str) -> None:
    """Deleting, undoing and redoing leave the field as it is, send nothing, and say why."""
    page = open_desk.page
    keys = page.locator("#tty-keys")
    open_desk.call()
    keys.press_sequentially(LEAD)
    page.click("#tty-ga")
    keys.press_sequentially("d")
    keys.press("ControlOrMeta+z")
    keys.press("ControlOrMeta+a")
    keys.press(key)
    expect(page.locator("#tty-hint")).to_contain_text("type XXX")
    keys.press("e")
    expect(keys).to_have_value(f"{LEAD} GAde")
    open_desk.expect_text("You", "Q GADE")


@on("open_desk", ["voice"], indirect=True)
def test_each_turn_has_a_paragraph(open_desk: Desk) -> None:
    """What follows a key stands apart, a turn of spaces says so, the line clears the field."""
    page = open_desk.page
    keys = page.locator("#tty-keys")
    open_desk.call()
    open_desk.expect_text("HELLO")
    page.get_by_test_id("key-1").click()
    open_desk.expect_text("ECHO GA")
    expect(page.locator(".turn")).to_have_count(2)
    open_desk.is_quiet()
    keys.press_sequentially("  ")
    expect(page.locator(".turn").nth(2)).to_have_text("You (space bar)", timeout=PATIENCE)
    keys.press_sequentially("hi ga")
    open_desk.expect_text("(space bar)", "You", "HI GA", "Line", "HI GA")
    expect(keys).to_have_value("")
    expect(page.locator(".turn")).to_have_count(5)


@on("open_desk", ["voice"], indirect=True)
def test_a_turn_begins_beside_its_name(open_desk: Desk) -> None:
    """Though the line begins each text on a new line."""
    shown = open_desk.page.evaluate(
        """async () => {
          const { createDisplay } = await import("/tty-display.js");
          const place = document.createElement("div");
          document.body.append(place);
          const display = createDisplay(place);
          display.add("line", "\\r\\nHI\\r\\nYOU GA");
          display.end();
          return place.querySelector(".words").textContent;
        }"""
    )
    assert shown == "HI\nYOU GA"


@on("open_desk", ["voice"], indirect=True)
def test_whoever_scrolls_back_can_read(open_desk: Desk) -> None:
    """The display follows what comes until its reader scrolls back, and again at its end."""
    page = open_desk.page
    display = page.locator("#tty-display")
    open_desk.call()
    page.locator("#tty-keys").press_sequentially("a" * 20)
    display.evaluate("element => { element.style.height = '3rem'; element.style.width = '6rem' }")
    below = "element => element.scrollHeight - element.scrollTop - element.clientHeight"
    open_desk.expect_text("A" * 20)
    assert display.evaluate(below) < 2
    display.evaluate("element => { element.scrollTop -= 30 }")
    page.locator("#tty-keys").press_sequentially("b")
    open_desk.expect_text("AB")
    assert display.evaluate(below) >= 30
    display.evaluate("element => { element.scrollTop = element.scrollHeight }")
    page.locator("#tty-keys").press_sequentially("c" * 20)
    open_desk.expect_text("C" * 20)
    assert display.evaluate(below) < 2


SCROLLED_IN_THE_MOMENT = """async () => {
  const { keepAtEnd } = await import("./scrolling.js");
  const log = document.createElement("div");
  log.style = "height: 100px; overflow: auto";
  document.body.append(log);
  const toEnd = keepAtEnd(log);
  const add = () => {
    const line = document.createElement("p");
    line.style = "height: 40px; margin: 0";
    log.append(line);
    toEnd();
  };
  for (let line = 0; line < 10; line += 1) add();
  const before = log.scrollTop;
  log.scrollTop -= 60;
  add();
  return [before, log.scrollTop];
}"""


@on("open_desk", ["voice"], indirect=True)
def test_a_character_in_the_moment_of_scrolling_back_undoes_nothing(open_desk: Desk) -> None:
    """The page learns of a scroll by an event, and text may come before that."""
    assert open_desk.page.evaluate(SCROLLED_IN_THE_MOMENT) == [300, 240]


@on("open_desk", ["both"], indirect=True)
def test_whoever_uses_the_keyboard_alone_can_type_on(open_desk: Desk) -> None:
    """After the Call button, and each button of the TTY, the next key goes to the line as text."""
    page = open_desk.page
    keys = page.locator("#tty-keys")
    page.check("#tty")
    page.locator("#call").press("Enter")
    expect(keys).to_be_focused()
    page.keyboard.press("Space")
    for button in ("ga", "sk", "space", "return"):
        page.locator(f"#tty-{button}").press("Enter")
        page.keyboard.press("5")
    expect(keys).to_have_value("5")
    open_desk.expect_text("You", " GA5 SK5 5", "5")
    expect(page.locator("#hang-up")).to_be_visible()
    expect(page.locator("#captions")).not_to_contain_text("pressed")


@on("open_desk", ["voice"], indirect=True)
def test_after_a_leg_the_keyboard_types_on(open_desk: Desk) -> None:
    """Who has acted for a dialled leg is back in the typing field when the text goes on."""
    page = open_desk.page
    open_desk.call()
    open_desk.dials("+19525550142")
    page.get_by_test_id("leg-busy").press("Enter")
    open_desk.expect_text("HELLO")
    expect(page.locator("#tty-keys")).to_be_focused()


@on("open_desk", ["voice"], indirect=True)
def test_screen_readers_hear_whole_words(open_desk: Desk) -> None:
    """A word that is not whole is hidden from them; the display is a polite log."""
    page = open_desk.page
    display = page.locator("#tty-display")
    page.evaluate(
        """() => {
          const told = [];
          new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes)
              if (node.nodeType === Node.TEXT_NODE && !change.target.closest("[aria-hidden]"))
                told.push(node.textContent);
            document.documentElement.dataset.told = told.join("|");
          }).observe(document.getElementById("tty-display"), {childList: true, subtree: true});
        }"""
    )
    open_desk.call()
    open_desk.expect_text(tty_app.GREETING)
    open_desk.is_quiet()
    whole = "HELLO, |TYPE |AND |I |ECHO |GA"
    expect(page.locator("html")).to_have_attribute("data-told", whole, timeout=PATIENCE)
    expect(display).to_have_attribute("role", "log")
    expect(display).to_have_attribute("aria-live", "polite")


@on("open_desk", ["voice"], indirect=True)
@on("width", [360, 1280])
def test_everybody_can_use_the_tty(open_desk: Desk, width: int) -> None:
    """Axe finds nothing, nothing scrolls sideways, the tones can be switched off.

    Who sends is told by the lights alone.
    """
    page = open_desk.page
    page.set_viewport_size({"width": width, "height": 800})
    open_desk.call()
    open_desk.expect_text("HELLO")
    expect(page.locator("#now")).to_have_text("A media stream holds the call.")
    page.uncheck("#tty-tones")
    open_desk.is_quiet()
    page.locator("#tty-keys").press_sequentially("a")
    page.locator("#tty-keys").press("Backspace")
    expect(page.locator("#tty-hint")).to_contain_text("type XXX")
    expect(page.locator("#tty-keys")).to_have_value("a")
    page.locator("#tty-keys").press_sequentially("[")
    expect(page.get_by_role("alert")).to_contain_text("A TTY has no key for [.")
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.click("#hang-up")
    expect(page.locator("#call")).to_be_visible()


@on("open_desk", ["voice"], indirect=True)
def test_several_tabs_can_be_open(open_desk: Desk) -> None:
    """Two tabs with a call each can act at once, and others still load."""
    desks = [open_desk, open_desk.another()]
    for desk in desks:
        desk.call()
    desks += [open_desk.another(), open_desk.another()]
    expect(desks[-1].page.locator("#target")).to_contain_text("tty_app")
    for desk in desks[:2]:
        desk.expect_text(tty_app.GREETING)
        desk.page.locator("#tty-keys").press_sequentially("hi")
        desk.expect_text("You", "HI")
        desk.page.click("#hang-up")
        expect(desk.page.locator("#call")).to_be_visible()


@on("open_desk", ["recorded"], indirect=True)
@on("by_tty", [False, True])
def test_a_recording_of_the_app_is_heard(open_desk: Desk, *, by_tty: bool) -> None:
    """As the telephone carries it; a TTY reads it too."""
    page = open_desk.page
    if by_tty:
        open_desk.call()
        open_desk.expect_text(tty_app.ANNOUNCEMENT)
    else:
        with page.expect_response(re.compile("/played/0$")) as found:
            page.click("#call")
        assert found.value.headers["content-type"] == "audio/wav"
        expect(page.locator("#tty-panel")).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-speaker", "true", timeout=PATIENCE)
    page.get_by_test_id("key-1").click()
    expect(page.locator("#captions")).to_contain_text("You pressed 1.")


@on("open_desk", ["voice"], indirect=True)
def test_a_media_stream_is_heard_without_a_tty(open_desk: Desk) -> None:
    """Whoever calls a TTY number by voice hears its tones, and reads that there is sound."""
    page = open_desk.page
    page.evaluate("document.getElementById('tty-tones').checked = false")
    page.click("#call")
    expect(page.locator("html")).to_have_attribute("data-speaker", "true", timeout=PATIENCE)
    expect(page.locator("#now")).to_have_text("A media stream sends sound.")
    expect(page.locator("#now")).to_have_text("A media stream holds the call.", timeout=PATIENCE)


@on("open_desk", ["voice"], indirect=True)
def test_a_call_by_tty_can_be_kept_as_sound(open_desk: Desk) -> None:
    """The recording has both ends' tones, which another TTY reads; there is no scenario."""
    page = open_desk.page
    open_desk.calls.speech = Voices()
    open_desk.call()
    open_desk.expect_text(tty_app.GREETING)
    open_desk.is_quiet()
    page.locator("#tty-keys").press_sequentially("hi ga")
    open_desk.expect_text("Line", "HI GA")
    open_desk.is_quiet()
    expect(page.locator("#save-scenario")).to_be_disabled()
    expect(page.locator("#save-help")).to_contain_text("be saved as a scenario")
    with page.expect_download() as download:
        page.click("#save-wav")
    samples, _ = from_wav(download.value.path().read_bytes())
    heard = "".join(each.text for each in Receiver().take(encode(samples)))
    assert "".join(heard.split()) == "".join(f"{tty_app.GREETING} HI GA HI GA".split())
    sid = open_desk.calls.history[-1]["id"]
    answer = page.request.get(f"{page.url}api/calls/{sid}/scenario.toml")
    assert answer.status == 409
    assert "no step of a scenario types" in answer.json()["error"]


@on("open_desk", ["voice"], indirect=True)
def test_what_can_not_be_typed_is_refused(open_desk: Desk) -> None:
    """A call that is not by TTY has no keyboard, and no text is too long or missing."""
    page = open_desk.page
    live = open_desk.calls.dial("+16125550123", "+19525550100")
    by_tty = open_desk.calls.dial("+16125550123", "+19525550100", tty=True)
    for call, text, told in (
        (live, "HI", "not by TTY"),
        (by_tty, "", "is wanted"),
        (by_tty, "A" * 2001, "is wanted"),
    ):
        answer = page.request.post(
            f"{page.url}api/calls/{call.call.sid}/type",
            data={"text": text},
        )
        assert answer.status == 400
        assert told in answer.json()["error"]
