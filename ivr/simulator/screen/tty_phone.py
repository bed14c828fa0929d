"""The full-screen phone of a TTY caller: its display and keyboard beside all the rest."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ivr.simulator.live import Record
from ivr.simulator.screen.app import ScreenPhone
from ivr.simulator.screen.keys import HELP, bindings
from ivr.simulator.screen.panels import Happened
from ivr.simulator.screen.tty import is_taken_down
from ivr.simulator.screen.tty_panels import TtyDisplay, TtyKeyboard
from ivr.simulator.tty.call import TtyCall
from ivr.simulator.tty.device import Untypable

TTY_HELP = f"""\
What you type goes to the line letter by letter, and is shown under You.
F2 GA, F3 SK, F4 the space bar; Backspace can take nothing back: type XXX.
Escape   leave the TTY's keyboard: then the keys below work; s goes back to it

{HELP}"""

NO_WAY_BACK = "a TTY can't take a character back; type XXX, then the word again"


class TtyScreen(ScreenPhone):
    """A TTY that fills the terminal, for one call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in bindings() if not (isinstance(each, Binding) and each.key == "s")),
        Binding("s", "say", "Type"),
        Binding("f2", "send(' GA')", "GA"),
        Binding("f3", "send(' SK')", "SK"),
        Binding("f4", "send(' ')", "Space bar"),
    ]
    KEYS_TOLD = TTY_HELP
    TELLS = "Type"
    FIRST = "#say"

    def __init__(self, target_name: str, call: TtyCall) -> None:
        """Take a call by TTY that has not begun."""
        super().__init__(target_name, call.placed.call, call.placed.carrier, 0)
        self.call = call
        self.live = call.live

    def above_captions(self) -> ComposeResult:
        """The TTY's display."""
        yield TtyDisplay(id="tty")

    def mouthpiece(self) -> Widget:
        """The TTY's keyboard."""
        return TtyKeyboard()

    def on_mount(self) -> None:
        """Let sound flow before the call rings."""
        self.call.start_line()
        self.set_interval(0.25, self._show_lights)

    # What happens

    def as_shown(self, record: Record) -> Record:
        """Spoken words are of no use to a deaf caller; a developer wants to see them."""
        if record["event"] != "said":
            return record
        return record | {"text": f"(voice) {record['text']}"}

    def on_happened(self, message: Happened) -> None:
        """Show the TTY's own news; the phone shows all others."""
        if is_taken_down(self):
            return
        record = message.record
        if record["event"] == "letters":
            self.query_one(TtyDisplay).add(str(record["by"]), str(record["text"]))
        if record["event"] in {"light", "streaming", "over"}:
            self._show_lights()

    def _show_lights(self) -> None:
        """Who sends now, in words: a light alone is not for everybody."""
        if is_taken_down(self):
            return
        device = self.call.device
        line = "● the line sends" if device.carrier else "○ the line is quiet"
        if self.live.over:
            line, you = "○ the call is over", ""
        elif device.sending:
            you = "  ● you send"
        else:
            you = "" if self.call.line.heard else "  no stream is open: the line can't read you"
        self.query_one(TtyDisplay).border_subtitle = line + you

    # What is done

    def on_tty_keyboard_pressed(self, message: TtyKeyboard.Pressed) -> None:
        """Type on the TTY."""
        if message.text:
            self.action_send(message.text)
        else:
            self._note(NO_WAY_BACK)

    def action_send(self, text: str) -> None:
        """Send text as if it was typed."""
        if self.live.over:
            self._note("the call is over")
            return
        try:
            self.call.device.type(text)
        except Untypable as refusal:
            self._note(str(refusal))
        else:
            self.query_one(TtyKeyboard).take(text.upper())
