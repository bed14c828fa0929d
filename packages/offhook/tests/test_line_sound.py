"""What crosses the line of a browser's call, as sound: nothing of it is lost on a busy machine."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from offhook.audio.speech import Voices
from offhook.audio.telephone import encode
from offhook.browser.line_audio import BATCH, LineAudio
from offhook.browser.recording import whole
from offhook.media.messages import FRAME_BYTES, FRAME_SECONDS, SILENCE
from ttymodem.modem import modulate, received

TEXT = "TYPE AND I ECHO. GA"
REPLY = "HELLO GA"


class LateClock:
    """A machine's clock while its threads run late: it goes on in leaps, by chance."""

    def __init__(self, seed: int) -> None:
        """Begin at 0."""
        self.chances = random.Random(seed)  # noqa: S311 - no secret
        self.due = 0.0
        self.now = 0.0

    def pass_frame(self) -> None:
        """A frame is due; now and then the machine has been elsewhere for a while."""
        self.due += FRAME_SECONDS
        late = self.chances.choice([0, 0, 0, 0, 0.05, 0.3, 1.5])
        self.now = max(self.now, self.due + late)


def frames(text: str) -> Iterator[bytes]:
    """A text as frames, with a second of quiet behind it."""
    sound = modulate(text) + SILENCE * 50
    for start in range(0, len(sound), FRAME_BYTES):
        yield sound[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff")


@pytest.mark.parametrize("seed", range(10))
def test_a_recording_keeps_every_letter_of_both_sides(seed: int) -> None:
    """However late the frames come, and however many at once."""
    clock = LateClock(seed)
    overheard = LineAudio(lambda: clock.now, lambda: None)
    for frame in frames(TEXT):
        clock.pass_frame()
        overheard.sent(SILENCE)
        overheard.heard(frame)
    typed = list(frames(REPLY))
    while typed:
        burst = clock.chances.randint(1, 40)
        for frame in typed[:burst]:
            overheard.sent(frame)
        for _ in typed[:burst]:
            clock.pass_frame()
            overheard.heard(b"")
        del typed[:burst]
    sound = whole((), overheard.pieces, Voices())
    assert received(encode(sound) + SILENCE * 50) == TEXT + REPLY


@pytest.mark.parametrize("seed", range(8))
def test_a_callers_frame_that_is_late_leaves_no_gap(seed: int) -> None:
    """What is heard and what is sent come from two threads, and either may be ahead."""
    chances = random.Random(seed)  # noqa: S311 - no secret
    clock = LateClock(seed)
    overheard = LineAudio(lambda: clock.now, lambda: None)
    typed = [*frames(REPLY), *[SILENCE] * BATCH * 4]
    ahead = 0
    while typed or ahead < 0:
        if typed and (ahead >= 10 or chances.random() < 0.4):
            overheard.sent(typed.pop(0))
            ahead -= 1
        else:
            clock.pass_frame()
            overheard.heard(b"")
            ahead += 1
    for _ in range(BATCH * 40):
        overheard.sent(SILENCE)
        overheard.heard(b"")
    sound = whole((), overheard.pieces, Voices())
    assert received(encode(sound) + SILENCE * 50) == REPLY


def test_sound_stands_where_it_was_heard() -> None:
    """After a silence, the next sound is placed by the call's clock."""
    clock = LateClock(0)
    overheard = LineAudio(lambda: clock.now, lambda: None)
    tone = b"\x00" * FRAME_BYTES
    for frame in [tone] * BATCH + [SILENCE] * BATCH * 10 + [tone] * BATCH:
        clock.now += FRAME_SECONDS
        overheard.heard(frame)
    first, second = overheard.pieces
    assert first.at == pytest.approx(0)
    assert second.at == pytest.approx(11 * BATCH * FRAME_SECONDS)
