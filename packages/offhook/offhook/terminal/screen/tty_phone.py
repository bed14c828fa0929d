"""The full-screen phone of a TTY caller: its display and keyboard beside all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from offhook.callers.realtime import Record
from offhook.terminal.control import is_taken_down
from offhook.terminal.screen.app import ScreenPhone
from offhook.terminal.screen.keys import HELP, bindings
from offhook.terminal.screen.panels import Happened
from offhook.terminal.screen.tty_panels import SHORT, TtyDisplay, TtyKeyboard
from offhook.terminal.screen.words import Passing
from offhook.tty.call import TtyCall
from offhook.tty.device import LINE, Untypable

TTY_HELP = f"""\
What you type goes to the line letter by letter, and is shown under You.
F2 GA, F3 SK, F4 the space bar; Backspace can take nothing back: type XXX.
Escape   leave the TTY's keyboard: then the keys below work; s goes back to it

{HELP}"""

NOT_A_PERSON = "a media stream is the app's to close, nobody hangs it up"

NO_WAY_BACK = "a TTY can't take a character back; type XXX, then the word again"


class TtyScreen(ScreenPhone):
    """A TTY that fills the terminal, for one call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in bindings() if not (isinstance(each, Binding) and each.key == "s")),
        Binding("s", "say", "Type"),
        Binding("f2", f"send('{SHORT['f2']}')", "GA"),
        Binding("f3", f"send('{SHORT['f3']}')", "SK"),
        Binding("f4", f"send('{SHORT['f4']}')", "Space bar"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-slim"), (90, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-low"), (36, "-high")]  # noqa: RUF012 - the same
    KEYS_TOLD = TTY_HELP
    TELLS = "Type"
    FIRST = "#say"

    def __init__(self, call: TtyCall) -> None:
        """Take a call by TTY that has not begun."""
        super().__init__(call.live)
        self.call = call

    def above_captions(self) -> ComposeResult:
        """The TTY's display."""
        yield TtyDisplay(id="tty")

    def mouthpiece(self) -> Widget:
        """The TTY's keyboard."""
        return TtyKeyboard()

    def on_mount(self) -> None:
        """Look at the lights, too."""
        self.set_interval(0.25, self._show_lights)

    # What happens

    def as_shown(self, record: Record) -> Record:
        """Spoken words are of no use to a deaf caller; a developer wants to see them."""
        if record["event"] != "said":
            return record
        return record | {"sentence": f"(voice) {record['text']}"}

    def on_happened(self, message: Happened) -> None:
        """Show the TTY's own news; the phone shows all others."""
        if is_taken_down(self):
            return
        record = message.record
        if record["event"] == "letters":
            self.query_one(TtyDisplay).add(str(record["by"]), str(record["text"]))
            if record["by"] == LINE:
                self.query_one(TtyKeyboard).begin_anew()
        if record["event"] in {"light", "streaming", "passing", "over"}:
            self._show_lights()

    def _pass(self, now: Passing) -> None:
        """Where there is little room, the other end is shown while there is somebody."""
        super()._pass(now)
        self.query_one("#phone").set_class(bool(now.ringing or now.asked or now.talks), "-some")

    def _show_lights(self) -> None:
        """Who sends now, in words: a light alone is not for everybody."""
        if is_taken_down(self):
            return
        self.query_one(TtyDisplay).border_subtitle = "  ".join(self._lights())

    def _lights(self) -> Iterator[str]:
        device = self.call.device
        if self.live.over:
            yield "○ the call is over"
            return
        if device.carrier:
            yield "● the line sends"
        if device.sending:
            yield "● you send"
        elif self._now.talks:
            yield f"○ {self._now.party} is on the line"
        elif not self.call.line.heard:
            yield "○ no stream is open: the line can't read you"
        elif not device.carrier:
            yield "○ the line is quiet"

    # What is done

    def on_tty_keyboard_pressed(self, message: TtyKeyboard.Pressed) -> None:
        """Type on the TTY."""
        if message.text:
            self._send(message.text)
        else:
            self._note(NO_WAY_BACK)

    def action_send(self, text: str) -> None:
        """Send text as if it was typed, behind what was."""
        keyboard = self.query_one(TtyKeyboard)
        keyboard.post_message(TtyKeyboard.Pressed(text))

    def action_they_leave(self) -> None:
        """The other end hangs up, if it is somebody."""
        if self._now.doing == "stream":
            self._note(NOT_A_PERSON)
        else:
            super().action_they_leave()

    def _send(self, text: str) -> None:
        if self.live.over:
            self._note("the call is over")
            return
        try:
            self.call.device.type(text)
        except Untypable as refusal:
            self._note(str(refusal))
        else:
            self.query_one(TtyKeyboard).take(text.upper())
