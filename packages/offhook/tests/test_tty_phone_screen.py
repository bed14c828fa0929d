"""The TTY on the full screen, in a terminal of its own without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from apps import tty_app
from apps.serving import TOKEN
from apps.tty_app import NURSE
from screen_hand import Hand
from textual.widgets import Static

from offhook.callers.place_call import CallRequest
from offhook.callers.target import target
from offhook.events import Pressed
from offhook.terminal.screen.panels import Caption, Others
from offhook.terminal.screen.tty_panels import CURSOR, TtyDisplay, TtyKeyboard
from offhook.terminal.screen.tty_phone import TtyScreen
from offhook.tty.call import TtyCall, tty_phone

pytestmark = pytest.mark.slow


class NotedScreen(TtyScreen):
    """A phone whose objections are kept; on the screen they go away after a while."""

    def __init__(self, call: TtyCall) -> None:
        """Begin with none."""
        super().__init__(call)
        self.noted: list[str] = []

    def _note(self, text: str) -> None:
        self.noted.append(text)
        super()._note(text)


class Desk(Hand[NotedScreen]):
    """Somebody at the TTY, who waits for what is to be seen."""

    @property
    def shown(self) -> str:
        """What the TTY displays."""
        return self.phone.query_one(TtyDisplay).text

    @property
    def lights(self) -> str:
        """Who is said to send."""
        return str(self.phone.query_one(TtyDisplay).border_subtitle)

    @property
    def focus(self) -> str:
        """What the keyboard's keys go to."""
        return type(self.phone.focused).__name__

    @property
    def notes(self) -> list[str]:
        """What the phone has objected to."""
        return self.phone.noted

    @property
    def told(self) -> str:
        """What is to be read when a wait was in vain."""
        return f"{self.shown}\n{self.phone.call.transcript}"

    async def may_type(self) -> None:
        """Wait until it is the caller's turn."""
        await asyncio.to_thread(self.phone.call.await_turn)

    async def is_heard(self) -> None:
        """Wait until a stream is open."""
        await self.until(
            lambda: "A media stream" in str(self.phone.query_one("#now", Static).content)
        )

    async def expect_text(self, text: str) -> None:
        """Wait until the TTY displays this."""
        await self.until(lambda: text in self.shown)


def hold(
    path: str, holding: Callable[[Desk], Awaitable[None]], size: tuple[int, int] = (80, 24)
) -> None:
    """Place a call on the small app, and hold it."""
    make = lambda: target(f"apps.tty_app:app/{path}", auth_token=TOKEN)  # noqa: E731 - made later
    with tty_phone(make) as phone:
        dialling = CallRequest(phone.target, "+16125550123", "+19525550100")
        screen = NotedScreen(phone.place(dialling, speed=5.0))

        async def held() -> None:
            async with Desk(screen).at_work(size) as desk:
                await holding(desk)

        asyncio.run(held())


def test_letters_are_sent_as_they_are_typed() -> None:
    """Whoever sent them is named beside them; F2 is GA, F3 is SK; the lights say who sends."""

    async def holding(desk: Desk) -> None:
        await desk.expect_text(f"line: {tty_app.GREETING}")
        assert desk.focus == "TtyKeyboard"
        await desk.until(lambda: "the line is quiet" in desk.lights)
        await desk.press(*"hi 5", "f2")
        await desk.expect_text("you: HI 5 GA")
        await desk.expect_text("line: HI 5 GA")
        await desk.may_type()
        await desk.press("f3")
        await desk.expect_text("line: BYE SK")
        await desk.until(lambda: "the call is over" in desk.lights)
        captions = [caption.caption.text for caption in desk.phone.query(Caption)]
        assert "(voice) Bye" in captions

    hold("voice", holding)


def test_letters_that_come_fast_are_sent_in_their_order() -> None:
    """F2 neither overtakes the letters before it nor falls behind those after it."""

    async def holding(desk: Desk) -> None:
        for key in ("h", "i", "f2", "o", "f4", "k"):
            desk.phone.simulate_key(key)
        await desk.expect_text("you: HI GAO K")

    hold("both", holding)


def test_the_field_shows_what_was_sent_since_the_line_spoke() -> None:
    """Its answer ends that: the display has kept it."""

    async def holding(desk: Desk) -> None:
        field = desk.phone.query_one(TtyKeyboard)
        await desk.expect_text("GA")
        await desk.press(*"hi")
        await desk.until(lambda: "HI" in str(field.render()))
        await desk.press("f2")
        await desk.expect_text("line: HI GA")
        assert "HI" not in str(field.render())

    hold("voice", holding)


def test_who_is_on_the_line_is_somebody() -> None:
    """A dialled leg is named while it talks; a stream is not, and nobody hangs it up."""

    async def holding(desk: Desk) -> None:
        await desk.expect_text("GA")
        await desk.press("escape", "t", "s")
        assert any("nobody hangs it up" in note for note in desk.notes)
        await desk.may_type()
        await desk.press("f3", "escape")
        answers = desk.phone.query_one(Others)
        await desk.until(lambda: NURSE in answers.now.ringing)
        assert answers.region.height > 2
        await desk.press("a")
        await desk.until(lambda: f"{NURSE} is on the line" in desk.lights)
        assert "no stream" not in desk.lights
        await desk.press("t")
        await desk.expect_text("COMPLETED GA")

    hold("dialling", holding)


@pytest.mark.parametrize(
    ("size", "room"),
    [((100, 32), (60, 15)), ((80, 24), (70, 9)), ((60, 20), (50, 6)), ((40, 12), (36, 5))],
)
def test_the_display_has_the_room_on_any_window(
    size: tuple[int, int], room: tuple[int, int]
) -> None:
    """Columns and lines of text; touch-tones and webhooks are still a key away."""

    async def holding(desk: Desk) -> None:
        await desk.is_heard()
        width, height = desk.phone.query_one(TtyDisplay).size
        assert (width >= room[0], height >= room[1]) == (True, True)
        await desk.press("escape")
        assert desk.focus == "Captions"
        await desk.press("w")
        assert desk.phone.query_one("#requests").size.height > 0

    hold("voice", holding, size)


def test_a_tty_takes_nothing_back() -> None:
    """Backspace says what to type instead; a key that no TTY has is named."""

    async def holding(desk: Desk) -> None:
        await desk.is_heard()
        await desk.press("backspace")
        await desk.until(lambda: any("type XXX" in note for note in desk.notes))
        await desk.press("[")
        await desk.until(lambda: any("no key for [" in note for note in desk.notes))
        assert "you:" not in desk.shown

    hold("voice", holding)


def test_touch_tones_are_pressed_outside_of_the_keyboard() -> None:
    """Escape leaves it, then digits are the keypad's; `s` goes back to it."""

    async def holding(desk: Desk) -> None:
        await desk.expect_text(tty_app.ANNOUNCEMENT)
        assert "no stream is open" in desk.lights
        await desk.press("escape")
        assert desk.focus == "Captions"
        assert CURSOR not in str(desk.phone.query_one(TtyKeyboard).render())
        await desk.press("s")
        assert desk.focus == "TtyKeyboard"
        await desk.press("escape", "1")
        moments = desk.phone.live.moments
        await desk.until(lambda: any(moment.event == Pressed("1") for moment in moments))

    hold("recorded", holding)
