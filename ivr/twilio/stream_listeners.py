"""What listens to a media stream: a session in text, and one that detects who might type."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.text.actions import Action, Clear, GoTo, Send
from ivr.text.answer_decoder import is_finished
from ivr.text.conversation import Conversation
from ivr.text.pages import as_sent
from ivr.twilio.stream_messages import Media, Played, Pressed
from ivr.twilio.tickets import Detect, Talk
from ttymodem.baudot import Shifted
from ttymodem.echo import OwnText
from ttymodem.modem import Character, Detector, Receiver
from ttymodem.ulaw import RATE

WHILE_SENDING = -35.0
"""dBFS: what is fainter while we send is an echo of ours that needs no closer look."""

ABOVE_ECHO = 4.0
"""dB by which a caller has to be louder than our echo to break in while we send."""

LISTENING = -48.0
"""dBFS: what is fainter is noise; a caller at -40 is read."""

ECHO_SECONDS = 0.5
"""How long our echo may come after the end of our text: ITU-T V.18 mutes for 0.3 s, and the
carrier's way there and back comes on top."""

YIELD_SECONDS = 0.3
"""Quiet on the line before we send: a caller's TTY holds its carrier so long after the last
character (ITU-T V.18), and hears nothing while it does."""

MOST_YIELDED = 2.0
"""Seconds after which we send all the same: what sounds like a carrier is none."""

SPEECH_SECONDS = 0.24
"""Of speech in the caller's turn: somebody talks. A spoken "no" has 0.3."""

UNDER_TONES = 12.0
"""dB by which a voice may be fainter than the caller's own tones; what is fainter is a
television or somebody else in the room."""

OVER_BACKGROUND = 6.0
"""dB by which a voice is louder than what was heard in the room while we sent."""

LOOKED_BACK = 5.0
"""Seconds of the room that are listened to for that."""

DETECTION_SECONDS = 600.0
"""How long somebody who might type is listened to. Who says nothing is put through to a
nurse within three minutes; a stream costs money and a thread."""

TYPED_SECONDS = 2.0
"""Quiet after which what was typed beside a call is at its end; GA ends it at once."""

MOST_TYPED = 40
"""Characters that a call takes along, the last ones: an answer has no more."""

STOP_SECONDS = 5.0
"""In which a stream that is of no use any more should have been stopped by a document."""

JUMP_SECONDS = 5.0
"""What a timestamp may be ahead; more is no gap, but another clock."""

SPEECH_STEP = 0.25
"""Seconds between two looks for speech, which cost more than a frame."""

CARRIER_STEP = 0.1
"""Seconds between two looks for the caller's carrier, for the same reason."""


class StreamListener:
    """What listens to a stream. `at` is the stream's time in seconds."""

    at = 0.0
    over = False
    """Whether there is nothing more to listen for."""

    def hear(self, message: Media | Played | Pressed) -> list[Action | GoTo]:
        """Sound, a mark or a key."""
        raise NotImplementedError

    def wait(self, seconds: float) -> list[Action | GoTo]:
        """Nothing came for some seconds."""
        raise NotImplementedError

    def moved(self) -> None:
        """The call goes on elsewhere."""
        raise NotImplementedError

    def not_moved(self) -> list[Action | GoTo]:
        """The call could not go on elsewhere."""
        raise NotImplementedError

    def hand_over(self) -> None:
        """The process is to stop: what can go on elsewhere does so as soon as it can."""


class TtyDetection(StreamListener):
    """Listens beside the voice line for somebody who types."""

    def __init__(self, admits: Detect, played: Sequence[str]) -> None:
        """Move the call as the ticket says if somebody types; what is `played` may come back."""
        self._path = admits.path
        self._receiver = Receiver()
        self._receiver.gate = LISTENING
        self._own = OwnText()
        self._own.expect(played)
        self._until = DETECTION_SECONDS
        self._begin()

    def _begin(self) -> None:
        self._detector = Detector()
        self._typed: list[Character] = []
        self._found = self._moved = False

    def hear(self, message: Media | Played | Pressed) -> list[Action | GoTo]:
        """Sound; nothing else matters here. The call is moved once, however long that takes.

        It is moved when the typing has come to its end, and takes along what was typed.
        """
        if not isinstance(message, Media):
            return []
        heard = self._receiver.take(message.ulaw, message.at)
        typed = self._own.theirs(heard, self._receiver.now)
        if typed:
            self._typed = [*self._typed, *typed][-MOST_TYPED:]
            self._found = self._detector.take(typed)
        if self._found and not self._moved and self._ends_typing():
            self._moved = True
            return [GoTo(self._path, self._codes())]
        return self.wait(len(message.ulaw) / RATE)

    def _ends_typing(self) -> bool:
        quiet = self._receiver.now - self._typed[-1].at
        return is_finished(self._typed) or quiet >= TYPED_SECONDS

    def _codes(self) -> tuple[int, ...]:
        """What was typed, if all of it is certain."""
        doubtful = any(each.doubt for each in self._typed)
        return () if doubtful else tuple(each.code for each in self._typed)

    def wait(self, seconds: float) -> list[Action | GoTo]:
        """Time has passed."""
        self.at += seconds
        self.over = self.at >= self._until
        return []

    def moved(self) -> None:
        """There is nothing more to listen for; the document that follows stops the stream."""
        self._until = self.at + STOP_SECONDS

    def not_moved(self) -> list[Action | GoTo]:
        """Listen on."""
        self._begin()
        return []


class TextSession(StreamListener):
    """Holds the conversation: sound becomes typing, and time is the stream's own."""

    def __init__(self, conversation: Conversation) -> None:
        """Hold this conversation, which has not begun."""
        self._conversation = conversation
        self._receiver = Receiver()
        self._own = OwnText()
        self._tones: float | None = None
        self._receiver.gate = LISTENING
        self._turn_from = 0.0
        self._background = -100.0
        self._reading = False
        self._waiting: Send | None = None
        self._quiet_from = self._send_at = self._look_at = 0.0
        self._deaf_until = 0.0
        self._listen_at = 0.0
        self._heard = 0.0
        self._waited = 0.0

    def begin(self, talk: Talk) -> list[Action | GoTo]:
        """Send the first words."""
        shifted = Shifted()
        typed = [Character(code, shifted.decode(code), 0.0, 1.0) for code in talk.typed]
        return self._followed(self._conversation.begin(talk.way, self.at, typed))

    def hear(self, message: Media | Played | Pressed) -> list[Action | GoTo]:
        """Sound, a mark or a key."""
        match message:
            case Media(ulaw, at):
                return self._sound(ulaw, at)
            case Played(mark):  # what follows our own text need not wait for the caller's TTY
                return self._sent([*self._conversation.played(mark, self.at)])
            case Pressed(key):
                return self._followed(self._conversation.pressed(key, self.at))

    def wait(self, seconds: float) -> list[Action | GoTo]:
        """Silent frames are left out: time passes all the same."""
        self.at += seconds
        self._waited += seconds
        return self._followed(self._conversation.passed(self.at)) + self._yielded(carrier=False)

    def moved(self) -> None:
        """Twilio closes the stream; until then all stays as it is."""

    def not_moved(self) -> list[Action | GoTo]:
        """The call could not go on elsewhere."""
        return self._followed(self._conversation.not_moved(self.at))

    def hand_over(self) -> None:
        """The conversation goes on in another stream, of another process."""
        self._conversation.hand_over()

    def _sound(self, ulaw: bytes, at: int | None) -> list[Action | GoTo]:
        conversation, receiver = self._conversation, self._receiver
        if conversation.sending and self._waiting is None:
            self._deaf_until = self.at + ECHO_SECONDS
            self._turn_from = receiver.now
            self._reading = True
        elif self._reading:
            self._reading = False
            self._background = receiver.background(receiver.now - LOOKED_BACK)
        muted = self.at < self._deaf_until
        faintest = self._while_sending if muted else LISTENING
        characters = self._own.theirs(receiver.take(ulaw, at), receiver.now)
        characters = [each for each in characters if each.level >= faintest]
        self._tones = max((each.level for each in characters), default=self._tones)
        self._pass(receiver.now)
        actions = conversation.typed(characters, self.at) if characters else []
        if not muted and self.at >= self._listen_at:
            self._listen_at = self.at + SPEECH_STEP
            if receiver.speech(self._turn_from, self._faintest_voice) >= SPEECH_SECONDS:
                actions += conversation.spoken(self.at)
        told = self._followed([*actions, *conversation.passed(self.at)])
        return told + self._yielded(carrier=self._waiting is not None and self._carrier())

    @property
    def _while_sending(self) -> float:
        """The level under which no character counts while we send: our echo does not."""
        echo = self._own.level
        return WHILE_SENDING if echo is None else max(WHILE_SENDING, echo + ABOVE_ECHO)

    @property
    def _faintest_voice(self) -> float:
        of_tones = LISTENING if self._tones is None else self._tones - UNDER_TONES
        return max(LISTENING, of_tones, self._background + OVER_BACKGROUND)

    def _sent(self, actions: list[Action | GoTo]) -> list[Action | GoTo]:
        """The actions; a text among them is known from now on when it comes back."""
        for action in actions:
            if isinstance(action, Send):
                self._own.send(as_sent(action.text), self._receiver.now)
        return actions

    def _carrier(self) -> bool:
        """Whether the caller's carrier is there, as far as it is looked for now."""
        if self.at < self._look_at:
            return False
        self._look_at = self.at + CARRIER_STEP
        return self._receiver.carrier

    def _pass(self, now: float) -> None:
        """Time goes by with the sound, less what was waited for; a jump is no time."""
        step = now - self._heard
        self._heard = now
        if not 0 <= step <= JUMP_SECONDS:
            self._waited = 0.0
            return
        late = min(step, self._waited)
        self._waited -= late
        self.at += step - late

    def _followed(self, actions: list[Action]) -> list[Action | GoTo]:
        """What is done at once; a text waits until the caller's TTY can hear it."""
        told: list[Action | GoTo] = []
        for action in actions:
            match action:
                case Send():
                    self._waiting = action
                    self._quiet_from, self._send_at = self.at, self.at + MOST_YIELDED
                case Clear() if self._waiting:
                    self._waiting = None
                case _:
                    told.append(action)
        return told

    def _yielded(self, *, carrier: bool) -> list[Action | GoTo]:
        """The text that waits, once the caller's carrier is gone."""
        if carrier:
            self._quiet_from = self.at
        quiet = self.at - self._quiet_from >= YIELD_SECONDS
        if self._waiting is None or not (quiet or self.at >= self._send_at):
            return []
        sent, self._waiting = self._waiting, None
        return self._sent([sent])
