"""A TTY, sans-I/O and safe to be used by several threads: text is typed and shown, sound flows.

It is half duplex, as real ones are: while it sends it does not hear. Sound is µ-law at
8 kHz in frames of 20 ms, and all times are those of the sound: so many frames have been
heard, however fast they came.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from offhook.media.messages import FRAME_BYTES, SILENCE
from ttymodem.baudot import Unsendable, encode, fold
from ttymodem.modem import Receiver, Transmitter

YOU = "you"
LINE = "line"

FRAME_MS = 20

TURN_MS = 2000
"""Quiet after which a turn is over. An assumption: a line pauses for a second between pages."""

PATIENCE_MS = 10_000
"""Quiet after which somebody types although the line has sent nothing. An assumption."""


class Untypable(ValueError):
    """Text that a TTY has no keys for; the message says what to do."""


@dataclass(frozen=True)
class Letters:
    """Characters that are shown: of the line, or your own."""

    by: str
    text: str


@dataclass(frozen=True)
class Light:
    """Somebody's carrier comes, or goes."""

    by: str
    on: bool


@dataclass(frozen=True)
class Turn:
    """All that one side has sent, now that it has stopped."""

    by: str
    text: str


@dataclass(frozen=True)
class Sound:
    """A frame that was sent, or heard."""

    by: str
    ulaw: bytes


News = Letters | Light | Turn | Sound
Listener = Callable[[News], None]


class TtyDevice:
    """A TTY: what is typed goes to its microphone, what its earpiece gets is shown.

    `changed` is notified with every frame; wait on it for what the other properties tell.
    """

    def __init__(self) -> None:
        """Begin with a blank display."""
        self.changed = threading.Condition()
        self._listeners: list[Listener] = []
        self._transmitter = Transmitter()
        self._receiver = Receiver()
        self._to_send = bytearray()
        self._to_hear = bytearray()
        self._turns: list[Turn] = []
        self._turn_open = False
        self._lights = {YOU: False, LINE: False}
        self._now = 0
        self._busy = {YOU: 0, LINE: 0}
        self._line_answered = False

    def listen(self, listener: Listener) -> None:
        """Tell this one of all that is new, in the thread that brings it."""
        with self.changed:
            self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Tell this one nothing more."""
        with self.changed:
            self._listeners.remove(listener)

    # The keyboard

    def type(self, text: str) -> None:
        """Type text: it is shown at once, and sent one character after the other.

        Raises Untypable if there is a character in it that Baudot has no code for; nothing
        of the text is sent then.
        """
        try:
            encode(text)
        except Unsendable as error:
            raise Untypable(f"a TTY has no key for {' '.join(error.characters)}") from error
        if not text:
            return
        with self.changed:
            self._transmitter.put(text)
            self.yield_turn()
            self._show(YOU, fold(text))

    def send(self, ulaw: bytes) -> None:
        """Send this sound as it is: another modem's, or noise."""
        with self.changed:
            self._to_send += ulaw
            self.yield_turn()

    def yield_turn(self) -> None:
        """It is the line's turn: the caller has done something, or somebody new listens."""
        with self.changed:
            self._busy[YOU] = self._now
            self._line_answered = False

    # The handset lies in its cups

    def microphone(self) -> bytes:
        """The next frame that the TTY sends."""
        with self.changed:
            if self._to_send:
                frame = bytes(self._to_send[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\xff")
                del self._to_send[:FRAME_BYTES]
            else:
                frame = self._transmitter.take(FRAME_BYTES)
            self._light(YOU, on=self.sending)
            self._tell(Sound(YOU, frame))
            return frame

    def earpiece(self, ulaw: bytes) -> None:
        """What is heard in 20 ms; silence fills it up."""
        frame = ulaw.ljust(FRAME_BYTES, b"\xff")
        with self.changed:
            self._now += FRAME_MS
            if self.sending:
                self._busy[YOU] = self._now
            found = self._receiver.take(SILENCE if self.sending else frame)
            text = "".join(character.text for character in found)
            carrier = self._receiver.carrier
            self._light(LINE, on=carrier)
            if carrier or text:
                self._busy[LINE] = self._now
                self._line_answered = True
            if text:
                self._show(LINE, text)
            if self.quiet_ms >= TURN_MS:
                self._end_turn()
            self._tell(Sound(LINE, frame))
            self.changed.notify_all()

    def hear(self, ulaw: bytes) -> None:
        """Sound that comes without a stream, as of a `<Play>`; `played` gives it frame by frame."""
        with self.changed:
            self._to_hear += ulaw

    def played(self) -> bytes:
        """The next frame of such sound, silence where there is none."""
        with self.changed:
            frame = bytes(self._to_hear[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\xff")
            del self._to_hear[:FRAME_BYTES]
            return frame

    @property
    def unheard(self) -> float:
        """Seconds of such sound that are left."""
        return len(self._to_hear) / FRAME_BYTES * FRAME_MS / 1000

    def hush(self) -> None:
        """What was played stops."""
        with self.changed:
            self._to_hear.clear()

    def pause(self) -> None:
        """What the line has sent so far is a turn of its own."""
        with self.changed:
            if self._turns and self._turns[-1].by == LINE:
                self._end_turn()

    def finish(self) -> None:
        """The call is over: nothing is sent any more, and the turn ends."""
        with self.changed:
            self._transmitter.drop()
            self._to_send.clear()
            self._to_hear.clear()
            self._light(YOU, on=False)
            self._light(LINE, on=False)
            self._end_turn()
            self.changed.notify_all()

    # What is to be seen

    @property
    def sending(self) -> bool:
        """Whether it still sends what was typed."""
        return self._transmitter.sending or bool(self._to_send)

    @property
    def carrier(self) -> bool:
        """Whether the line's tone is there."""
        return self._lights[LINE]

    @property
    def quiet_ms(self) -> int:
        """Milliseconds of sound since either side sent something."""
        return self._now - max(self._busy.values())

    @property
    def my_turn(self) -> bool:
        """Whether the line has answered and is quiet, or has had long enough to."""
        return self.quiet_ms >= (TURN_MS if self._line_answered else PATIENCE_MS)

    @property
    def turns(self) -> list[Turn]:
        """Who sent what, the turn that goes on included."""
        with self.changed:
            return list(self._turns)

    def text(self, by: str) -> str:
        """All that one side has sent."""
        return "".join(turn.text for turn in self.turns if turn.by == by)

    # The display

    def _show(self, by: str, text: str) -> None:
        if self._turn_open and self._turns[-1].by == by:
            self._turns[-1] = Turn(by, self._turns[-1].text + text)
        else:
            self._end_turn()
            self._turns.append(Turn(by, text))
            self._turn_open = True
        self._tell(Letters(by, text))

    def _end_turn(self) -> None:
        if self._turn_open:
            self._turn_open = False
            self._tell(self._turns[-1])

    def _light(self, by: str, *, on: bool) -> None:
        if self._lights[by] != on:
            self._lights[by] = on
            self._tell(Light(by, on))

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            listener(news)
