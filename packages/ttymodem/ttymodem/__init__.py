"""The modem of a text telephone (TTY), sans-I/O: Baudot text as telephone sound, and back.

    baudot     the code: one table, its inverse, shifts, and text folded to what can be sent
    modem      text to µ-law sound, and back: what most callers want
    receiver   characters out of sound, with their times and confidences
    detector   whether somebody on a voice call types on a TTY
    tones      how much of the sound is mark or space, once a millisecond
    speech     whether somebody talks: sound that rises and falls as syllables do
    echo       what comes back of our own text
    timeline   frames of a stream, put where their timestamps say
    ulaw       µ-law bytes to samples, and back
    wav        what a WAV file holds
    files      WAV files to µ-law, and back
    commands   `ttymodem send` and `ttymodem receive`

This door is the code alone; it and `wav` need nothing. The modem and all of its sound
need numpy, the extra `sound`.
"""

from ttymodem.baudot import BAUD, Unsendable, duration, encode, fold, unsendable

__all__ = ["BAUD", "Unsendable", "duration", "encode", "fold", "unsendable"]
