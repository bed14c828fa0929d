"""The parts of the full-screen phone."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.widgets import Button, Label, OptionList, Static

from offhook.callers.realtime import Record
from offhook.terminal.screen.words import (
    HEARD,
    Passing,
    Words,
    answer,
    document,
    minutes,
    others,
    webhook,
    words,
)

KEYS = "123456789*0#"

ANSWERS = (
    ("a", "Answer", "answered"),
    ("b", "Busy", "busy"),
    ("n", "No answer", "no-answer"),
    ("f", "Fails", "failed"),
    ("v", "Voicemail", "machine"),
)
"""What a ringing leg may do: the key, the button, and Twilio's word."""

AGENT_KEY = "a"
THEY_LEAVE_KEY = "t"
SERVE_KEY = "l"


class Happened(Message):
    """Something has happened in the call."""

    def __init__(self, record: Record) -> None:
        """Carry the record."""
        super().__init__()
        self.record = record


class Notes(VerticalScroll):
    """Paragraphs, one for each thing that is told."""

    def compose(self) -> ComposeResult:
        """Begin with none."""
        yield Static("None so far.", classes="none")

    def add(self, text: str) -> None:
        """Add a paragraph."""
        self.query(".none").remove()
        self.mount(Static(text, markup=False))
        self.scroll_end(animate=False)


class Caption(Horizontal):
    """Who said or did what."""

    def __init__(self, caption: Words) -> None:
        """Show these words."""
        super().__init__(classes=caption.kind)
        self.caption = caption

    def compose(self) -> ComposeResult:
        """The mark of what is heard now, when, who and what."""
        yield Label("▶", classes="mark")
        yield Label(minutes(self.caption.at), classes="at")
        yield Label(self.caption.who, classes="who", markup=False)
        yield Static(self.caption.text, classes="words", markup=False)


class Captions(VerticalScroll):
    """What is said, heard and done; what is heard now is marked."""

    heard: Caption | None = None

    def on_mount(self) -> None:
        """Stay at the end, unless the reader goes up."""
        self.anchor()

    def take(self, record: Record) -> None:
        """Show what has happened."""
        found = words(record)
        if found is None:
            return
        caption = Caption(found)
        self.mount(caption)
        if record["event"] in HEARD:
            self.mark(heard_now=False)
            self.heard = caption
            self.mark(heard_now=True)
        elif record["event"] in {"interrupted", "ended"}:
            self.mark(heard_now=False)

    def mark(self, *, heard_now: bool) -> None:
        """Mark what was heard last as heard now, or as over."""
        if self.heard is not None:
            self.heard.set_class(heard_now, "-now")


class Keypad(Grid):
    """Twelve keys for the mouse; the keyboard has the same, so they take no focus."""

    BORDER_TITLE = "Keypad"

    def compose(self) -> ComposeResult:
        """Three keys to a row."""
        for key in KEYS:
            button = Button(key, action=f"app.press('{key}')", compact=True, name=key)
            button.can_focus = False
            yield button


class Others(VerticalScroll, can_focus=False):
    """Who else is on the line, and what they can do."""

    BORDER_TITLE = "The other end"

    now = Passing()

    def compose(self) -> ComposeResult:
        """All that they can ever do; `take` shows what fits."""
        yield Static(others(self.now), id="others", markup=False)
        yield OptionList(id="ringing", compact=True, markup=False)
        with Grid(id="answers"):
            for key, text, status in ANSWERS:
                yield _button(f"{key} {text}", f"app.answer('{status}')", status)
        yield _button(f"{AGENT_KEY} An agent answers", "app.answer('answered')", "agent")
        yield _button(f"{SERVE_KEY} Give them the keypad", "app.serve", "serve")
        yield _button(f"{THEY_LEAVE_KEY} They hang up", "app.they_leave", "leave")

    def take(self, now: Passing) -> None:
        """Show what can be done now."""
        chosen, before, self.now = self.chosen, self.now.ringing, now
        self.query_one("#others", Static).update(others(now))
        self.query_one("#answers").display = now.doing == "ring"
        self.query_one("#agent").display = now.waits
        self.query_one("#serve").display = bool(now.asked)
        self.query_one("#leave").display = now.talks or bool(now.asked)
        ringing = self.query_one("#ringing", OptionList)
        ringing.display = len(now.ringing) > 1
        self.query_one("#others").display = not ringing.display
        if now.ringing != before:
            ringing.set_options(now.ringing)
            ringing.highlighted = now.ringing.index(chosen) if chosen in now.ringing else 0

    @property
    def chosen(self) -> str:
        """The ringing number that is meant: the first, unless another one is highlighted."""
        place = self.query_one("#ringing", OptionList).highlighted or 0
        return self.now.ringing[place] if place < len(self.now.ringing) else ""


def _button(text: str, action: str, name: str) -> Button:
    return Button(Content(text), action=action, compact=True, id=name)


class Webhooks(Horizontal):
    """Every webhook, and what the chosen one answered."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.records: list[Record] = []

    def compose(self) -> ComposeResult:
        """The list, and the document beside it."""
        yield OptionList(id="requests", compact=True, markup=False)
        with VerticalScroll(id="document"):
            yield Static(id="request", markup=False)
            yield Static(id="twiml", markup=False)

    def take(self, record: Record) -> None:
        """Add a webhook; it is shown, unless somebody is reading."""
        self.records.append(record)
        requests = self.query_one(OptionList)
        requests.add_option(webhook(record))
        if not self.has_focus_within:
            requests.highlighted = len(self.records) - 1

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what it answered."""
        event.stop()
        record = self.records[event.option_index]
        self.query_one("#request", Static).update(answer(record))
        text = document(record) or "(an empty answer)"
        self.query_one("#twiml", Static).update(highlight(text, language="xml"))
        self.query_one("#document").scroll_home(animate=False)
