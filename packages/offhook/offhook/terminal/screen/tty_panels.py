"""The parts of a TTY on the full screen: its display, and its keyboard."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Label, Static

SHOWN_KEYS = 60
"""Characters of what was typed last that the keyboard shows."""

HINT = "sent as typed; Esc: touch-tones"
"""As long as fits beside its label on 40 columns."""

SHORT = {"f2": " GA", "f3": " SK", "f4": " "}
"""Keys that type more, or what is hard to see."""

CURSOR = "▏"


class TurnText(Horizontal):
    """What one side has sent, without a break by the other."""

    def __init__(self, by: str) -> None:
        """Begin an empty turn of `line` or `you`."""
        super().__init__(classes=by)
        self.by = by
        self.text = ""
        self._body = Static(classes="words", markup=False)

    def compose(self) -> ComposeResult:
        """Who, and the text."""
        yield Label("Line" if self.by == "line" else "You", classes="who")
        yield self._body

    def add(self, text: str) -> None:
        """Show more of it."""
        self.text += text
        self._body.update(self.text.replace("\r", "").strip("\n") or " ")


class TtyDisplay(VerticalScroll):
    """The display of a TTY: text as it comes, a paragraph for each turn."""

    BORDER_TITLE = "TTY"

    def on_mount(self) -> None:
        """Stay at the end, unless the reader goes up."""
        self.anchor()

    def add(self, by: str, text: str) -> None:
        """Show characters of one side."""
        turns = self.query(TurnText)
        last = turns.last() if turns else None
        if last is None or last.by != by:
            last = TurnText(by)
            self.mount(last)
        last.add(text)

    @property
    def text(self) -> str:
        """All that is shown, a line for each turn."""
        return "\n".join(f"{turn.by}: {turn.text}" for turn in self.query(TurnText))


class TtyKeyboard(Static, can_focus=True):
    """Keys that are sent as they are pressed."""

    class Pressed(Message):
        """Text was typed; "" if somebody wants to take a character back."""

        def __init__(self, text: str) -> None:
            """Carry the text."""
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        """Begin with nothing typed."""
        super().__init__(HINT, id="say", markup=False)
        self._typed = ""

    def on_key(self, event: events.Key) -> None:
        """Send a character, and leave other keys to the phone."""
        if event.key == "enter":
            typed = "\n"
        elif event.key in {"backspace", "delete"}:
            typed = ""
        elif event.key in SHORT:
            typed = SHORT[event.key]  # here, so that it comes behind the letters before it
        elif event.is_printable and event.character:
            typed = event.character
        else:
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Pressed(typed))

    def on_paste(self, event: events.Paste) -> None:
        """Send what is pasted."""
        event.stop()
        self.post_message(self.Pressed(event.text))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters and digits are typed here; they stand for nothing else meanwhile."""
        return key in {"enter", "backspace"} or (character is not None and character.isprintable())

    def on_focus(self) -> None:
        """Show where text goes in."""
        self._show()

    def on_blur(self) -> None:
        """Show that it does not go in here now; the focus itself goes a moment later."""
        self._show(here=False)

    def take(self, text: str) -> None:
        """Show what was sent."""
        self._typed = (self._typed + text.replace("\n", " / "))[-SHOWN_KEYS:]
        self._show()

    def begin_anew(self) -> None:
        """Show nothing of what was sent before: the line has answered it."""
        if self._typed:
            self._typed = ""
            self._show()

    def _show(self, *, here: bool | None = None) -> None:
        here = self.has_focus if here is None else here
        self.update(f"{self._typed or HINT}{CURSOR if here else ''}")
