"""One media stream from its first message to its last, without input or output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.call.engine import Position
from ivr.call.flow import CALL_A_TTY, START
from ivr.call.nodes import Confirm, Way
from ivr.config import VoiceLine
from ivr.text.actions import Action, Aim, Clear, GoTo, Move, Send
from ivr.text.conversation import Conversation
from ivr.text.outgoing import OutgoingTexts, by_key
from ivr.twilio.call_redirect import CallRef
from ivr.twilio.stream_listeners import StreamListener, TextSession, TtyDetection
from ivr.twilio.stream_messages import (
    Connected,
    Media,
    Played,
    Pressed,
    Started,
    Stopped,
    clear_message,
    parse,
    text_messages,
)
from ivr.twilio.tickets import PARAMETER, BadTicket, Detect, Talk, Tickets


def make_first_texts(line: VoiceLine) -> None:
    """Make what every conversation begins with, which is kept.

    Made within the first call of a process, it would hold up the others by a frame.
    """
    for language in line.prompts:
        turn = line.engine.enter(language, Way(START), None)
        for passage in OutgoingTexts(line, language).of(turn):
            list(text_messages("", passage.text, "", line.directory.tty_level))


@dataclass(frozen=True)
class Resumed:
    """The call is to be held in a conversation at this position, which this ticket admits."""

    position: Position
    ticket: str


Told = str | GoTo | Resumed
"""A message for Twilio, or where the call is to go on."""


class Refused(Exception):
    """The stream is not admitted, and is closed."""


class Session:
    """A stream of a call: a conversation, or somebody who might type is listened for.

    Messages of Twilio's go in; messages for it, and where the call is to go on, come out.
    """

    def __init__(self, line: VoiceLine, tickets: Tickets, clock: Callable[[], datetime]) -> None:
        """Wait for the stream's first message; `line` is the one for a TTY."""
        self._line = line
        self._tickets = tickets
        self._clock = clock
        self._stream = ""
        self._listener: StreamListener | None = None
        self._stopped = False
        self._detects: Detect | None = None
        self.call: CallRef | None = None

    @property
    def ended(self) -> bool:
        """Whether the stream is over, or may be closed."""
        return self._stopped or (self._listener is not None and self._listener.over)

    @property
    def seconds(self) -> float:
        """The stream's time; it goes by with the sound, or by waiting."""
        return self._listener.at if self._listener is not None else 0.0

    def receive(self, text: object) -> Iterator[Told]:
        """A message of the stream. Raises Refused where the ticket does not admit it."""
        message = parse(text)
        match message:
            case Started() if self._listener is None:
                yield from self._start(message)
            case Stopped():
                self._stopped = True
            case Connected():
                pass
            case _ if self._listener is None:
                raise Refused("the stream did not begin with its start")
            case None | Started():
                pass
            case Media() | Played() | Pressed():
                yield from self._told(self._listener.hear(message))

    def waited(self, seconds: float) -> Iterator[Told]:
        """Nothing came for some seconds: silent frames may be left out."""
        if self._listener is not None:
            yield from self._told(self._listener.wait(seconds))

    def moved(self) -> None:
        """The call goes on elsewhere."""
        if self._listener is not None:
            self._listener.moved()

    def not_moved(self) -> Iterator[Told]:
        """The call could not go on elsewhere."""
        if self._listener is not None:
            yield from self._told(self._listener.not_moved())

    def hand_over(self) -> None:
        """The process is to stop."""
        if self._listener is not None:
            self._listener.hand_over()

    def _start(self, started: Started) -> Iterator[Told]:
        call = CallRef(started.account, started.call)
        if not call.is_valid:
            raise Refused("the stream names no call")
        try:
            ticket = started.parameters.get(PARAMETER)
            admits = self._tickets.check(ticket, started.call, self._clock())
        except BadTicket as error:
            raise Refused(str(error)) from error
        self.call, self._stream = call, started.stream
        if isinstance(admits, Detect):
            self._detects = admits
            self._listener = TtyDetection(admits, self._played(admits))
            return
        conversation = Conversation(
            self._line, admits.language, self._clock, heeds_voice=admits.heeds_voice
        )
        talker = TextSession(conversation)
        self._listener = talker
        yield from self._told(talker.begin(admits))

    def _played(self, admits: Detect) -> list[str]:
        """What is played in Baudot beside a stream that listens."""
        words = OutgoingTexts(self._line, admits.language)
        played = [words.asked(CALL_A_TTY, 0).text]
        if admits.way is not None:
            turn = self._line.engine.enter(admits.language, admits.way, self._clock())
            played += [each.text for each in words.of(by_key(turn))]
        return played

    def _told(self, actions: list[Action | GoTo]) -> Iterator[Told]:
        for action in actions:
            match action:
                case Send(text, mark):
                    level = self._line.directory.tty_level
                    yield from text_messages(self._stream, text, mark, level)
                case Clear():
                    yield clear_message(self._stream)
                case Move(position, aim):
                    yield GoTo(path_of(self._asked_at(position), aim))
                case GoTo(_, typed) if typed and self._detects is not None:
                    yield self._resumed(self._detects, typed)
                case GoTo():
                    yield action

    def _resumed(self, left: Detect, typed: tuple[int, ...]) -> Resumed:
        """The conversation to which a stream that listened hands what was typed."""
        way = left.way or Way(START)
        turn = self._line.engine.enter(left.language, way, self._clock())
        talk = Talk(left.language, way, heeds_voice=left.way is None, typed=typed)
        ticket = self._tickets.issue(talk, self.call.sid if self.call else "", self._clock())
        return Resumed(turn.position, ticket)

    def _asked_at(self, position: Position) -> Position:
        """The question, where an answer to it was read back: no path holds what was answered."""
        node = self._line.engine.table.get(position.node)
        return replace(position, node=node.question) if isinstance(node, Confirm) else position


def path_of(position: Position, aim: Aim) -> str:
    """Where the call goes on: the webhook that does this at this position."""
    return f"/tty/{position.language}/{position.node}/{position.attempt}/{aim.value}"
