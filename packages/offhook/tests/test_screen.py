"""The full-screen phone, in a terminal of its own without a screen."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from screen_hand import PATIENCE, Hand
from textual.widgets import Button, Input, Label, OptionList, Static, TabbedContent
from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Exchange, Line
from offhook.callers.place_call import CallRequest
from offhook.callers.realtime import LiveCall
from offhook.callers.target import Target
from offhook.carrier.carrier import Carrier
from offhook.carrier.transport import WsgiTransport
from offhook.events import Event, Interrupted, LegEnded, Said, Unheard
from offhook.terminal.screen import ScreenPhone
from offhook.terminal.screen.panels import Caption, Captions, Keypad, Others

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

URL = "https://app.example.org/first"
TOKEN = "12345"
RING = '<Dial action="next"><Number>+16125550001</Number></Dial>'
RING_TWO = RING.replace("</Dial>", "<Number>+16125550002</Number></Dial>")
LONG = f"<Say>{'These are more words than anybody will listen to in a test. ' * 5}</Say>"


class App:
    """A TwiML app of a few documents by path; it keeps what it was asked."""

    def __init__(self, **documents: str) -> None:
        """Serve each document at the path of its name."""
        self.documents = documents
        self.forms: list[dict[str, str]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        self.forms.append(dict(request.form))
        document = self.documents.get(request.path.strip("/"), "<Hangup/>")
        response = Response(f"<Response>{document}</Response>", mimetype="text/xml")
        return response(environ, start_response)

    def told(self, name: str) -> str:
        """The last value of a parameter that it was sent."""
        return next((form[name] for form in reversed(self.forms) if name in form), "")


class Caller(Hand[ScreenPhone]):
    """Somebody at the phone, who waits for what is to be seen."""

    async def tab_to(self, selector: str) -> None:
        """Go to a widget by Tab alone."""
        wanted = self.phone.query_one(selector)
        for _ in self.phone.screen.focus_chain:
            if self.phone.focused is not wanted:
                await self.press("tab")
        assert self.phone.focused is wanted

    async def sees(self, text: str) -> None:
        """Wait until a caption or the line below them has these words."""
        await self.until(lambda: any(text in each for each in (*self.captions, self.now)))

    @property
    def told(self) -> str:
        """What is to be read when a wait was in vain."""
        return "\n".join((*self.captions, self.now))

    @property
    def captions(self) -> list[str]:
        """What the captions say."""
        return [caption.caption.text for caption in self.phone.query(Caption)]

    @property
    def marked(self) -> list[str]:
        """What the captions mark as heard now."""
        return [each.caption.text for each in self.phone.query(".-now").results(Caption)]

    @property
    def now(self) -> str:
        """What is said to go on."""
        return self.text("#now")

    def text(self, selector: str) -> str:
        """What a widget says."""
        return "\n".join(str(each.content) for each in self.phone.query(selector).results(Static))

    @property
    def events(self) -> list[Event]:
        """What has happened in the call."""
        return [moment.event for moment in self.phone.live.moments]

    def shown(self, selector: str) -> bool:
        """Whether a widget is to be seen."""
        return bool(self.phone.query_one(selector).display)


Holding = Callable[[Caller], Awaitable[None]]


def hold(app: App, holding: Holding, size: tuple[int, int] = (80, 24)) -> None:
    """Place a call on the app, at 10 o'clock, and hold it."""
    target = Target("an app", Line(URL), WsgiTransport(app, URL), TOKEN)
    at = datetime.fromisoformat("2026-11-23T10:00-06:00")
    request = CallRequest(target, "+16125550123", "+19525550100", at)
    phone = ScreenPhone(LiveCall(request.place(Exchange(TOKEN))))

    async def held() -> None:
        async with Caller(phone).at_work(size) as hand:
            await holding(hand)

    asyncio.run(held())
    phone.live.join(PATIENCE)


def test_a_key_interrupts_a_prompt_and_is_collected() -> None:
    """A key of the keyboard cuts the prompt short at once and goes to the action."""
    app = App(first=f'<Gather timeout="30" numDigits="1" action="next">{LONG}</Gather>')

    async def holding(hand: Caller) -> None:
        await hand.sees("Keys cut it short")
        await hand.press("asterisk")
        await hand.sees("press *")

    hold(app, holding)
    assert app.told("Digits") == "*"


def test_the_keypad_is_pressed_by_the_mouse_too() -> None:
    """A click on a key is that key."""
    app = App(first=f'<Gather timeout="30" numDigits="2" action="next">{LONG}</Gather>')

    async def holding(hand: Caller) -> None:
        await hand.sees("Keys cut it short")
        for name in "7#":
            (key,) = (key for key in hand.phone.query("Keypad Button") if key.name == name)
            await hand.pilot.click(key)
        await hand.sees("press 7#")
        assert any(isinstance(event, Interrupted) for event in hand.events)

    hold(app, holding)
    assert app.told("Digits") == "7"


def test_typed_keys_are_shown_until_they_are_collected() -> None:
    """Below the keypad stand the keys of an answer that is not complete."""

    async def holding(hand: Caller) -> None:
        keypad = hand.phone.query_one(Keypad)
        await hand.sees("The line listens")
        await hand.press("1", "2")
        assert keypad.border_subtitle == "12"
        await hand.press("3")
        await hand.sees("press 123")
        await hand.until(lambda: not keypad.border_subtitle)

    hold(App(first='<Gather timeout="30" numDigits="3" action="next"/>', next=LONG), holding)


def test_typed_words_are_said() -> None:
    """The field takes letters and digits as words; Enter says them, Escape leaves it."""
    gather = '<Gather timeout="30" input="speech" speechTimeout="1" action="next"/>'
    app = App(first=gather, next=LONG)

    async def holding(hand: Caller) -> None:
        await hand.sees("The line listens: words")
        await hand.press("s", *"yes 2", "enter")
        await hand.until(lambda: app.told("SpeechResult"))
        assert hand.phone.query_one("#say", Input).value == ""
        await hand.press("escape")
        assert isinstance(hand.phone.focused, Captions)

    hold(app, holding)
    assert app.told("SpeechResult") == "yes 2"


@pytest.mark.parametrize(("key", "status"), [("b", "busy"), ("n", "no-answer"), ("f", "failed")])
def test_a_ringing_leg_ends_as_its_key_says(key: str, status: str) -> None:
    """Busy, no answer and failure are one key each."""
    app = App(first=RING)

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: hand.shown("#answers"))
        assert "+16125550001 rings" in hand.text("#others")
        await hand.press(key)
        await hand.sees(f"+16125550001: {status}")

    hold(app, holding)
    assert app.told("DialCallStatus") == status


def test_buttons_do_what_their_keys_do() -> None:
    """A leg can be answered, and hang up, by Tab and Enter."""
    app = App(first=RING)

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: hand.shown("#answers"))
        await hand.tab_to("#answered")
        await hand.press("enter")
        await hand.until(lambda: hand.shown("#leave"))
        await hand.tab_to("#leave")
        await hand.press("enter")
        await hand.sees("+16125550001: completed")

    hold(app, holding)
    assert app.told("DialCallStatus") == "completed"


def test_of_several_that_ring_the_chosen_one_is_meant() -> None:
    """What is highlighted in the list is what the keys are about."""

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: hand.shown("#ringing"))
        await hand.press("tab", "down", "b")
        await hand.sees("+16125550002: busy")
        assert LegEnded("+16125550002", "busy") in hand.events
        await hand.press("v")
        await hand.sees("+16125550001: answered")

    hold(App(first=RING_TWO), holding)


def test_a_dialled_leg_can_be_given_the_keypad() -> None:
    """What it alone hears is marked; its keys are its own; then the keypad is the caller's."""
    app = App(
        first=RING.replace("<Number>", '<Number url="ask">'),
        ask='<Gather timeout="30" numDigits="1" action="accept"><Say>Take it?</Say></Gather>',
        accept="",
    )

    async def holding(hand: Caller) -> None:
        keypad = hand.phone.query_one(Keypad)
        await hand.until(lambda: hand.shown("#answers"))
        await hand.press("a")
        await hand.sees("+16125550001 hears: Take it?")
        await hand.press("5")
        await hand.sees("5, but nothing listens")
        await hand.press("l")
        assert keypad.border_title == "Keypad of +16125550001"
        await hand.press("1")
        await hand.sees("+16125550001: press 1")
        await hand.sees("Talking with +16125550001")
        assert keypad.border_title == "Your keypad"

    hold(app, holding)
    assert app.told("Digits") == "1"


def test_an_agent_takes_the_caller_out_of_a_queue() -> None:
    """While the caller waits, `a` is an agent; then they can hang up."""
    app = App(first='<Enqueue waitUrl="wait" action="next">nurses</Enqueue>', wait=LONG)

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: hand.shown("#agent"))
        await hand.press("a")
        await hand.sees("Talking with an agent")
        assert not hand.shown("#agent")
        await hand.press("t")
        await hand.sees("The call is over")

    hold(app, holding)
    assert app.told("QueueResult") == "bridged"


def test_webhooks_and_their_twiml_are_shown() -> None:
    """Each has a line with its status, time and path; the chosen one's document is laid out."""
    path = "a-path-that-does-not-fit/into-a-column-of-the-small-screen"
    app = App(first=f"<Say>One</Say><Redirect>{path}</Redirect>", **{path: "<Say>Second</Say>"})

    async def holding(hand: Caller) -> None:
        await hand.sees("Second")
        await hand.until(lambda: "Second" in hand.text("#twiml"))
        requests = hand.phone.query_one("#requests", OptionList)
        assert requests.virtual_size.height == requests.option_count == 2
        assert re.match(r"200 +\d+ ms  /first", str(requests.get_option_at_index(0).prompt))
        await hand.press("w", "up")
        await hand.until(lambda: f"  <Redirect>{path}</Redirect>" in hand.text("#twiml"))
        assert "voice: POST /first" in hand.text("#request")
        assert tab(hand, "webhooks") == "Webhooks 2"

    hold(app, holding)


def tab(hand: Caller, name: str) -> str:
    return str(hand.phone.query_one(TabbedContent).get_tab(name).label)


def test_warnings_have_code_place_and_remedy() -> None:
    """What Twilio's debugger would show stands in the captions and, in full, in its tab."""

    async def holding(hand: Caller) -> None:
        await hand.sees("12200")
        await hand.until(lambda: "line 1, <Wrong>" in hand.text("#warnings Static"))
        assert "names are case-sensitive" in hand.text("#warnings Static")
        assert tab(hand, "warnings") == "Warnings 1"

    hold(App(first=f"<Wrong/>{LONG}"), holding)


def test_texts_are_shown() -> None:
    """A text that the app sends arrives on the phone."""

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: "Look [here]" in hand.text("#texts Static"))
        assert tab(hand, "texts") == "Texts 1"

    hold(App(first=f'<Sms to="+16125550123" from="+19525550100">Look [here]</Sms>{LONG}'), holding)


def test_what_is_heard_now_is_marked() -> None:
    """The caption of what is being said is marked, and nothing is when the line listens."""

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: len(hand.captions) == 2)
        await hand.until(lambda: hand.marked == hand.captions[1:])
        await hand.press("1")
        await hand.sees("The line listens")
        assert hand.marked == []

    hold(App(first=f'<Say>One</Say><Gather timeout="30">{LONG}</Gather>'), holding)


def test_the_calls_clock_runs() -> None:
    """The clock moves on while nothing happens, from the call's own start."""

    async def holding(hand: Caller) -> None:
        clock = hand.phone.query_one("#clock", Label)
        await hand.sees("The line listens")
        assert str(clock.content).startswith("10:00:0")
        await hand.until(lambda: not str(clock.content).endswith("00:00"))
        assert "UTC-06:00  00:0" in str(clock.content)

    hold(App(first='<Gather timeout="30"/>'), holding)


def test_a_slow_app_is_waited_for() -> None:
    """While the app has not said what comes next, the screen says so and can be left at once."""
    app = Slow(first='<Gather timeout="30" numDigits="1" action="next"/>')

    async def holding(hand: Caller) -> None:
        await hand.sees("The line listens")
        await hand.press("1")
        await hand.sees("The app is asked what comes next")
        await hand.press("q", "q")
        await hand.until(lambda: hand.gone)
        app.wait.set()

    hold(app, holding)


class Slow(App):
    """An app that takes its time for the second document."""

    def __init__(self, **documents: str) -> None:
        """Serve each document at the path of its name."""
        super().__init__(**documents)
        self.wait = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if self.forms:
            self.wait.wait(PATIENCE)
        return super().__call__(environ, start_response)


def test_what_can_not_be_done_now_is_told() -> None:
    """A input that does not fit is a notice, and the call goes on."""

    async def holding(hand: Caller) -> None:
        await hand.sees("The line listens")
        await hand.press("b", "t", "l")
        await hand.until(lambda: hand.phone.query("Toast"))
        assert "The line listens" in hand.now
        assert len([event for event in hand.events if isinstance(event, Unheard)]) == 0

    hold(App(first='<Gather timeout="30"/>'), holding)


def test_help_lies_over_the_call_and_takes_no_keys_away() -> None:
    """`?` shows the keys, which work meanwhile, and hides them again."""
    app = App(first='<Gather timeout="30" numDigits="1" action="next"/>', next=LONG)

    async def holding(hand: Caller) -> None:
        await hand.sees("The line listens")
        await hand.press("question_mark")
        assert hand.shown("#help")
        await hand.press("4")
        await hand.sees("press 4")
        await hand.press("question_mark")
        assert not hand.shown("#help")

    hold(app, holding)
    assert app.told("Digits") == "4"


def test_hanging_up_ends_the_call_and_q_leaves() -> None:
    """The reason stays on the screen, nothing can be pressed any more, and q leaves."""

    async def holding(hand: Caller) -> None:
        await hand.sees("The line speaks")
        await hand.press("h")
        await hand.sees("The call is over: the caller hung up. q leaves.")
        await hand.until(lambda: hand.phone.query_one(Keypad).disabled)
        await hand.press("1")
        assert not hand.gone
        await hand.press("q")
        await hand.until(lambda: hand.gone)

    hold(App(first=LONG), holding)


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_leaving_hangs_up_first(key: str) -> None:
    """Whoever leaves a call that goes on has hung up: the app is told."""
    ended: list[Event] = []

    async def holding(hand: Caller) -> None:
        await hand.sees("The line speaks")
        await hand.press(key)
        await hand.until(lambda: hand.gone)
        ended.extend(hand.events)

    hold(App(first=LONG), holding)
    assert "the caller hung up" in str(ended[-1])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_call_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the simulator's own is no crash of the screen, which says so."""

    def fails(*_: object) -> None:
        raise ValueError

    async def holding(hand: Caller) -> None:
        await hand.sees("the simulator failed")

    monkeypatch.setattr(Carrier, "perform", fails)
    hold(App(), holding)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_everything_that_can_be_pressed_is_to_be_seen(size: tuple[int, int]) -> None:
    """On a small screen too, keypad and answers lie inside it without scrolling."""

    async def holding(hand: Caller) -> None:
        await hand.until(lambda: hand.shown("#ringing"))
        await hand.pilot.pause()
        others = hand.phone.query_one(Others)
        assert all(others.content_region.contains_region(each.region) for each in answers(hand))
        for button in hand.phone.query("Keypad Button"):
            assert hand.phone.screen.region.contains_region(button.region)

    hold(App(first=RING_TWO), holding, size)


def answers(hand: Caller) -> list[Button]:
    return list(hand.phone.query("#answers Button").results(Button))


def test_the_words_of_the_app_are_shown_as_they_are() -> None:
    """Brackets in prompts and documents are text, no markup."""

    async def holding(hand: Caller) -> None:
        await hand.sees("[b]Hello[/x]")
        assert any(isinstance(event, Said) for event in hand.events)

    hold(App(first="<Say>[b]Hello[/x]</Say>"), holding)
