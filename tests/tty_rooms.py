"""A room in which a TTY stands: noise all the time, and an echo of what the line sends.

Levels are dBFS: of a tone its peak, of noise its RMS.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from line_noises import TEXTS
from synthetic_voices import english

from offhook.media.messages import FRAME_BYTES, FRAME_SECONDS, SILENCE
from offhook.tty.device import LINE, News, Sound
from ttymodem.ulaw import RATE, Samples, decode, encode

NOISE_SECONDS = 30
"""After which a noise begins again."""

AGC_TARGET = 0.1
"""What a gain control brings the sound to: -20 dBFS."""

AGC_MOST = 20.0
"""The gain in pauses at most: 26 dB."""


@dataclass(frozen=True)
class Room:
    """How a call sounds: the caller's tones, what is noise, and the echo.

    `tones` is the level of the caller's; `ratio` that of tone to noise, both as RMS. `echo` is
    what comes back of the line's sound, in dB, after `delay` seconds; None if nothing does.
    """

    noise: str = "quiet"
    tones: float = -20.0
    ratio: float = 20.0
    echo: float | None = None
    delay: float = 0.0

    def __str__(self) -> str:
        """All of it in a few words."""
        echo = "" if self.echo is None else f", echo {self.echo:g} dB {1000 * self.delay:.0f} ms"
        return f"{self.noise} {self.ratio:g} dB, tones {self.tones:g}{echo}"


class RoomSound:
    """The microphone of a TTY in a room."""

    def __init__(self, room: Room, source: Callable[[], bytes]) -> None:
        """Hear the room beside what the TTY sends."""
        self._room = room
        self._source = source
        self._noise = _frames(room)
        late = round(room.delay / FRAME_SECONDS)
        self._line = deque([SILENCE] * (late + 1))
        self._now = bytes(SILENCE)
        self._gain = 1.0

    def notice(self, news: News) -> None:
        """What the line sends comes back later."""
        if isinstance(news, Sound) and news.by == LINE:
            self._now = news.ulaw

    def __call__(self) -> bytes:
        """A frame."""
        self._line.append(self._now)
        self._now = bytes(SILENCE)
        back = self._line.popleft()
        frame = decode(self._source()) + next(self._noise)
        if self._room.echo is not None:
            frame = frame + decode(back) * 10 ** (self._room.echo / 20)
        if self._room.noise == "agc":
            frame = self._controlled(frame)
        return encode(np.clip(frame, -1, 1))

    def _controlled(self, frame: Samples) -> Samples:
        """The frame through a gain control: quick where it is loud, slow in pauses."""
        level = float(np.sqrt((frame**2).mean())) + 1e-9
        wanted = min(AGC_TARGET / level, AGC_MOST)
        self._gain += (wanted - self._gain) * (0.7 if wanted < self._gain else 0.05)
        return frame * self._gain


def _frames(room: Room) -> Iterator[Samples]:
    """The noise, frame by frame, again and again."""
    level = 10 ** ((room.tones - 3 - room.ratio) / 20)
    sound = NOISES[room.noise](np.random.default_rng(11)) * level
    return cycle(sound.reshape(-1, FRAME_BYTES))


def _normal(sound: Samples) -> Samples:
    made: Samples = sound / np.sqrt((sound**2).mean())
    return made


def _white(chances: np.random.Generator) -> Samples:
    return _normal(chances.normal(0, 1, NOISE_SECONDS * RATE))


def _pink(chances: np.random.Generator) -> Samples:
    spectrum = np.fft.rfft(_white(chances))
    hertz = np.fft.rfftfreq(NOISE_SECONDS * RATE, 1 / RATE)
    return _normal(np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 20))))


def _hum(hertz: float) -> Callable[[np.random.Generator], Samples]:
    def hum(_: np.random.Generator) -> Samples:
        time = np.arange(NOISE_SECONDS * RATE) / RATE
        parts = [np.sin(2 * np.pi * hertz * part * time) / part for part in range(1, 60)]
        return _normal(np.sum(parts, axis=0))

    return hum


def _television(chances: np.random.Generator) -> Samples:
    del chances
    voices = [english(text) for text in TEXTS[english]]
    speech = np.concatenate(
        [np.concatenate([_normal(each), np.zeros(RATE // 3)]) for each in voices]
    )
    return _normal(np.resize(speech, NOISE_SECONDS * RATE))


def _quiet(_: np.random.Generator) -> Samples:
    return np.zeros(NOISE_SECONDS * RATE)


NOISES: dict[str, Callable[[np.random.Generator], Samples]] = {
    "quiet": _quiet,
    "white": _white,
    "pink": _pink,
    "hum of 50 Hz": _hum(50),
    "hum of 60 Hz": _hum(60),
    "television": _television,
    "agc": _white,
}
