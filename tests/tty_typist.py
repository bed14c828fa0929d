"""Somebody at a TTY, as the conversation sees them: characters in, texts out, no sound."""

from __future__ import annotations

from datetime import datetime

from ivr.call.flow import START
from ivr.call.nodes import Way
from ivr.config import VoiceLine
from ivr.text.actions import Action, Aim, Clear, Move, Send
from ivr.text.conversation import Conversation
from ivr.text.outgoing import BREAK_SECONDS
from ttymodem.baudot import Shifted, duration, encode
from ttymodem.receiver import Character


def characters(text: str, doubt: int = 0) -> list[Character]:
    """What a receiver makes of a text that was typed, with these bits of each in doubt."""
    shifted = Shifted()
    codes = encode(text)
    return [Character(code, shifted.decode(code), 0.0, 1.0, doubt) for code in codes]


class Typist:
    """Holds a conversation: reads all that is sent, then types."""

    def __init__(
        self,
        line: VoiceLine,
        now: datetime,
        way: Way = Way(START),  # noqa: B008
        at_once: str = "",
    ) -> None:
        """Read the first words; `at_once` is a key that is pressed when they begin."""
        self.line = line
        self.conversation = Conversation(line, "en", lambda: now)
        self.now = 0.0
        self.shown: list[str] = []
        self.moved: Move | None = None
        self.cleared = 0
        self.mark = ""
        self.take(self.conversation.begin(way, self.now))
        if at_once:
            self.take(self.conversation.pressed(at_once, self.now))
        self.read([])

    def take(self, actions: list[Action]) -> None:
        """Show what is sent; do not yet tell that it was."""
        for action in actions:
            match action:
                case Send(text, mark):
                    self.shown.append(text)
                    self.mark = mark
                    self.now += duration(text)
                case Clear():
                    self.cleared += 1
                case Move():
                    self.moved = action

    def read(self, actions: list[Action]) -> None:
        """Read everything that is sent, until the line listens or has moved the call."""
        self.take(actions)
        while self.conversation.sending or self.conversation.pausing:
            if self.conversation.sending:
                self.take(self.conversation.played(self.mark, self.now))
            else:
                self.now += BREAK_SECONDS
                self.take(self.conversation.passed(self.now))

    def type(self, text: str, doubt: int = 0) -> str:
        """Type, wait a while, and read: what is shown then."""
        self.shown.clear()
        self.now += 1
        self.read(self.conversation.typed(characters(text, doubt), self.now))
        if not self.shown and self.moved is None:
            self.wait(8)
        return self.text

    def press(self, key: str) -> str:
        """Press a key of the telephone, and read."""
        self.shown.clear()
        self.read(self.conversation.pressed(key, self.now))
        return self.text

    def wait(self, seconds: float) -> str:
        """Do nothing for a while, and read."""
        self.shown.clear()
        until = self.now + seconds
        while self.now < until:
            self.now += 0.5
            self.read(self.conversation.passed(self.now))
        return self.text

    @property
    def text(self) -> str:
        """What was shown since the last deed."""
        return "".join(self.shown)

    @property
    def node(self) -> str:
        """Where the call is."""
        return self.conversation.position.node

    def aims(self, aim: Aim, node: str) -> bool:
        """Whether the call was moved, to this node."""
        moved = self.moved
        return moved is not None and (moved.aim, moved.position.node) == (aim, node)
