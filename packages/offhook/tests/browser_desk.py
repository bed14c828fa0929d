"""A browser phone on somebody's desk, in a real Chromium: fixtures for its tests."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser_app import (
    EARS,
    IN_WINTER,
    PATIENCE,
    HurriedVoices,
    for_a_microphone,
    prompt_target,
    served,
)
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from offhook.audio.speech import Voices
from offhook.browser.calls import Calls
from offhook.callers.target import Target

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

    def expect_said(self, text: str) -> None:
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
def speech() -> Voices:
    """The voices, loaded once."""
    return Voices()


@pytest.fixture(scope="session")
def spoken_yes(speech: Voices, tmp_path_factory: pytest.TempPathFactory) -> Path:
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


OpenDesk = Callable[[Target, Voices], Desk]


@pytest.fixture
def open_desk(page: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDesk]:
    """Open a browser phone for an app; at the end of the test its page has met no error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.extend(script_errors(message)))
    page.add_init_script(EARS)
    with ExitStack() as stack:

        def open_(called: Target, speech: Voices) -> Desk:
            monkeypatch.setattr("offhook.browser.calls.load_voices", lambda: speech)
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
def desk(open_desk: OpenDesk, speech: Voices) -> Desk:
    """A browser phone on the small app."""
    return open_desk(prompt_target(), speech)


@pytest.fixture(scope="module")
def hurried() -> HurriedVoices:
    """Voices in a hurry, loaded once."""
    return HurriedVoices()
