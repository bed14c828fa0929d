"""The full-screen phone: it shows a live call, and does what its keys say."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Footer, Input, Label, Static, TabbedContent, TabPane

from offhook import needs
from offhook.callers.realtime import DoesNotFit, LiveCall, Record
from offhook.events import CALLER
from offhook.interpreter.speech_rate import seconds
from offhook.needs import Connected, HangUp, Key, LegStatus, PartyLeft, Speech
from offhook.terminal.control import heed_signals, is_taken_down, terminal_is_gone
from offhook.terminal.screen.clock import Clock
from offhook.terminal.screen.keys import HELP, bindings
from offhook.terminal.screen.panels import (
    SERVE_KEY,
    Captions,
    Happened,
    Keypad,
    Notes,
    Others,
    Webhooks,
)
from offhook.terminal.screen.words import (
    BESIDE,
    TO_THE_APP,
    TYPED_UNTIL,
    Passing,
    at,
    going_on,
    minutes,
    passing,
    warning,
)

TICK = 0.25
"""Seconds between two looks at the clock."""

ASKED = "The app is asked what comes next."


class ScreenPhone(App[None]):
    """A phone that fills the terminal, for one call."""

    TITLE = "Phone"
    CSS_PATH = Path(__file__).parent / "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012 - the same
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    KEYS_TOLD = HELP
    TELLS = "Say"
    FIRST = "#captions"

    def __init__(self, live: LiveCall) -> None:
        """Take a call that has not begun."""
        super().__init__()
        self.live = live
        self._now = Passing()
        self._clock = Clock()
        self._serves = CALLER
        self._typed = ""
        self._texts = 0
        self._warnings = 0
        self._leaving = False
        self._over = False

    def compose(self) -> ComposeResult:
        """The clock above, the captions and the keypad, what the app did, the words to say."""
        with Horizontal(id="header"):
            identity = self.live.call.identity
            yield Label(self.live.target_name, id="target", markup=False)
            yield Label(f"{identity['From']} → {identity['To']}", id="parties", markup=False)
            yield Label(id="clock", markup=False)
        with Horizontal(id="middle"):
            with Vertical(id="heard"):
                yield from self.above_captions()
                yield Captions(id="captions")
                yield Static("The line is being called.", id="now", markup=False)
            with Vertical(id="phone"):
                yield Keypad()
                yield Others()
        with TabbedContent(id="tabs"):
            with TabPane("Webhooks", id="webhooks"):
                yield Webhooks()
            with TabPane("Warnings", id="warnings"):
                yield Notes()
            with TabPane("Texts", id="texts"):
                yield Notes()
        with Horizontal(id="words"):
            yield Label(self.TELLS, id="say-label")
            yield self.mouthpiece()
        yield Footer(compact=True)
        with VerticalScroll(id="help"):
            yield Static(self.KEYS_TOLD, markup=False)

    def above_captions(self) -> ComposeResult:
        """What a phone has above its captions."""
        yield from ()

    def mouthpiece(self) -> Widget:
        """Where the caller's words go in."""
        return Input(id="say", compact=True, placeholder="words, then Enter", select_on_focus=False)

    def on_mount(self) -> None:
        """Let the call ring, and follow it."""
        self.query_one("#heard").border_title = "On the line"
        self.query_one("#help").border_title = "Keys"
        self.query_one(Others).take(self._now)
        self._show_keypad()
        self.query_one(self.FIRST).focus()
        self.set_interval(TICK, self._tick)
        if not self.is_headless:
            heed_signals(self.exit)
        self.live.start()
        # Not a Textual worker: those are waited for at the end, which a slow webhook would delay.
        threading.Thread(target=self._follow, name="screen", daemon=True).start()

    def _follow(self) -> None:
        for record in self.live.follow():
            self.post_message(Happened(record))

    # What happens

    def on_happened(self, message: Happened) -> None:
        """Show what has happened."""
        if is_taken_down(self):
            return
        record = message.record
        self._show(str(record["event"]), record)
        self._tick()

    def _show(self, name: str, record: Record) -> None:
        if name not in BESIDE:
            self._clock.stand(at(record))
        self.query_one(Captions).take(self.as_shown(record))
        if name in TO_THE_APP:
            self._tell(ASKED)
        if name in TYPED_UNTIL:
            self._type("")
        match name:
            case "unheard" | "keysent":
                gone = str(record.get("what") or record["key"])
                self._type(self._typed.replace(gone, "", 1))
            case "passing":
                self._pass(passing(record))
            case "requested":
                self._show_webhook(record)
            case "warned":
                self._warnings += 1
                self._fill("warnings", self._warnings, warning(record))
            case "ended":
                self._tell(f"The call is over: {record['reason']}. q leaves.")
            case "over":
                self._end()

    def as_shown(self, record: Record) -> Record:
        """What the captions show of an event."""
        return record

    def _pass(self, now: Passing) -> None:
        self._now = now
        self._clock.run(now.seconds)
        self.query_one(Captions).mark(heard_now=now.doing == "prompt")
        self.query_one(Others).take(now)
        self._tell(going_on(now))
        if self._serves not in {CALLER, now.leg}:
            self._serve(CALLER)

    def _tell(self, text: str) -> None:
        now = self.query_one("#now", Static)
        if now.content != text:
            now.update(text)

    def _show_webhook(self, record: Record) -> None:
        webhooks = self.query_one(Webhooks)
        webhooks.take(record)
        self._count("webhooks", len(webhooks.records))

    def _fill(self, tab: str, count: int, text: str) -> None:
        self.query_one(f"#{tab} Notes", Notes).add(text)
        self._count(tab, count)

    def _count(self, tab: str, count: int) -> None:
        label = self.query_one(TabbedContent).get_tab(tab)
        label.label = f"{tab.capitalize()} {count}"
        label.add_class("some")

    def _end(self) -> None:
        if self._leaving:
            self.exit()
        self._over = True
        self._now = Passing()
        self._serve(CALLER)
        self.query_one(Captions).mark(heard_now=False)
        self.query_one(Others).take(self._now)
        self.query_one(Keypad).disabled = True
        self.query_one("#say").disabled = True

    def _tick(self) -> None:
        if not self.is_headless and terminal_is_gone():
            self.exit()  # nobody sees it, and reading the keyboard would spin for ever
            return
        if is_taken_down(self):
            return
        if self._clock.late:
            self._tell(ASKED)
        gone = self._clock.elapsed
        now = self.live.call.started + timedelta(seconds=gone)
        self._show_clock(f"{now:%H:%M:%S %Z}  {minutes(gone)}")
        self._show_texts()

    def _show_clock(self, text: str) -> None:
        clock = self.query_one("#clock", Label)
        if clock.content != text:  # an update lays the whole screen out
            clock.update(text)

    def _show_texts(self) -> None:
        """Texts may come from the REST API too, so they are looked for, not waited for."""
        texts = self.live.call.texts
        for text in texts[self._texts :]:
            self._texts += 1
            self._fill("texts", self._texts, f"from {text.sender} to {text.to}\n{text.body}")

    # What is done

    def _act(self, given: needs.Input, leg: str = CALLER) -> bool:
        """Do something, or say why that can't be done now."""
        try:
            self.live.input(given, leg)
        except DoesNotFit as refusal:
            self._note(str(refusal))
            return False
        return True

    def _note(self, text: str) -> None:
        self.clear_notifications()  # one at a time: they cover what is below
        self.notify(text[:1].upper() + text[1:] + ".", severity="warning", timeout=4, markup=False)

    def action_press(self, key: str) -> None:
        """Press a key."""
        if self._act(Key(key), self._serves):
            self._type(self._typed + key)

    def _type(self, keys: str) -> None:
        self._typed = keys
        self.query_one(Keypad).border_subtitle = keys[-20:]

    def action_say(self) -> None:
        """Go to the field for words."""
        self.query_one("#say").focus()

    def action_listen(self) -> None:
        """Leave the field, or the help."""
        self.query_one("#help").display = False
        self.query_one(Captions).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say the words."""
        spoken = event.value.strip()
        if spoken and self._act(Speech(spoken, seconds(spoken)), self._serves):
            event.input.clear()

    def action_answer(self, status: str) -> None:
        """The chosen ringing leg does this; to a caller who waits, an answer is an agent's."""
        if status == "answered" and self._now.waits:
            self._act(Connected("an agent"))
        else:
            self._act(LegStatus(status, self.query_one(Others).chosen))

    def action_they_leave(self) -> None:
        """The other end hangs up."""
        if self._now.asked:
            self._act(HangUp(), self._now.asked)
        else:
            self._act(PartyLeft())

    def action_serve(self) -> None:
        """Give the keypad to the leg that hears the line, or back."""
        if not self._now.asked:
            self._note("only a dialled number that hears the line of its own can press keys")
        self._serve(self._now.asked if self._serves == CALLER else CALLER)

    def _serve(self, leg: str) -> None:
        self._serves = leg or CALLER
        self._show_keypad()

    def _show_keypad(self) -> None:
        yours = self._serves == CALLER
        self.query_one(Keypad).border_title = (
            "Your keypad" if yours else f"Keypad of {self._serves}"
        )
        self.query_one("#say-label", Label).update(
            self.TELLS if yours else f"{self.TELLS} as {self._serves}"
        )
        self.query_one(
            "#serve", Button
        ).label = f"{SERVE_KEY} {'Give them the keypad' if yours else 'Take the keypad back'}"

    def action_hang_up(self) -> None:
        """Hang up."""
        self._act(HangUp())

    async def action_quit(self) -> None:
        """Leave; a call that goes on is hung up first, unless it is asked for twice."""
        if self._over or self._leaving:
            self.exit()
            return
        self._leaving = True
        if self._act(HangUp()):
            self.notify("Hanging up. Press q again to leave at once.")

    def action_read(self, what: str) -> None:
        """Go to the captions, or to what a tab shows."""
        if what == "captions":
            self.query_one(Captions).focus()
            return
        self.query_one(TabbedContent).active = what
        self.query_one(f"#{what} {'#requests' if what == 'webhooks' else 'Notes'}").focus()

    def action_explain(self) -> None:
        """Show the keys, or hide them. The call's own keys work meanwhile."""
        shown = self.query_one("#help")
        shown.display = not shown.display
        (shown if shown.display else self.query_one(Captions)).focus()
