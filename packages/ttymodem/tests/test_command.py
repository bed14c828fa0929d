"""`ttymodem send` and `ttymodem receive`, as somebody uses them at a desk."""

from __future__ import annotations

import struct
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from modem_peers import read_by_minimodem, sent_by_minimodem

from ttymodem.commands import main
from ttymodem.files import ulaw_from, wav
from ttymodem.modem import modulate
from ttymodem.ulaw import decode

TEXT = "HELLO, DIAL 952-883-5474 GA"


def ttymodem(*arguments: str) -> Result:
    """What the command does."""
    return CliRunner().invoke(main, arguments)


def written(path: Path, rate: int, channels: int = 1, width: int = 2) -> Path:
    """A recording of the text, as another program would write it."""
    samples = decode(b"\xff" * 4000 + modulate(TEXT) + b"\xff" * 4000)
    places = np.arange(0, len(samples) - 1, 8000 / rate)
    resampled = np.interp(places, np.arange(len(samples)), samples)
    sound = np.repeat(resampled, channels)
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        scaled = sound * 32767 if width == 2 else sound * 127 + 128
        writer.writeframes(scaled.astype("<i2" if width == 2 else "u1").tobytes())
    return path


@pytest.mark.slow
def test_what_is_written_is_read(tmp_path: Path) -> None:
    """By us and by minimodem; the file is 8 kHz, mono."""
    path = tmp_path / "hello.wav"
    assert ttymodem("send", str(path), TEXT.lower()).exit_code == 0
    result = ttymodem("receive", str(path))
    assert (result.exit_code, result.output) == (0, f"{TEXT}\n")
    with wave.open(str(path)) as reader:
        assert (reader.getframerate(), reader.getnchannels()) == (8000, 1)
    assert read_by_minimodem(ulaw_from(path), tmp_path) == TEXT


@pytest.mark.slow
def test_minimodems_files_are_read(tmp_path: Path) -> None:
    """Letters, as both understand them."""
    path = tmp_path / "theirs.wav"
    path.write_bytes(wav(sent_by_minimodem("HELLO THERE GA", tmp_path)))
    assert ttymodem("receive", str(path)).output == "HELLO THERE GA\n"


@pytest.mark.parametrize(
    ("rate", "channels", "width"),
    [
        (8000, 1, 2),
        (16000, 1, 2),
        (48000, 1, 2),
        (44100, 1, 2),
        (44100, 2, 2),
        (48000, 2, 1),
        (11025, 1, 2),
        (8000, 1, 1),
    ],
)
def test_usual_recordings_are_read(tmp_path: Path, rate: int, channels: int, width: int) -> None:
    """Other rates, stereo, 8 bits."""
    path = written(tmp_path / "other.wav", rate, channels, width)
    assert ttymodem("receive", str(path)).output == f"{TEXT}\n"


def chunked(code: int, bits: int, data: bytes, rate: int = 8000, extended: bytes = b"") -> bytes:
    """A WAV file of any format, whose sound comes behind a chunk that nobody asked for."""
    layout = struct.pack("<HHIIHH", code, 1, rate, rate * bits // 8, bits // 8, bits) + extended
    named = ((b"fmt ", layout), (b"LIST", b"abc"), (b"data", data))
    chunks = [
        name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in named
    ]
    return b"RIFF\0\0\0\0WAVE" + b"".join(chunks)


SOUND = modulate(TEXT)
DEEP = (decode(SOUND) * 32767).astype("<i2").tobytes()
PCM_INSIDE = struct.pack("<HHIH", 22, 16, 4, 1) + bytes.fromhex("0000 00001000800000aa00389b71")
"""What an extensible layout has more: how long it is, bits, loudspeakers, and PCM's GUID."""


@pytest.mark.parametrize(
    "content",
    [
        chunked(7, 8, SOUND),
        chunked(7, 8, np.repeat(np.frombuffer(SOUND, "u1"), 2).tobytes(), 16000),
        chunked(0xFFFE, 16, DEEP, extended=PCM_INSIDE),
    ],
    ids=["ulaw", "ulaw at 16 kHz", "extensible"],
)
def test_telephone_sound_and_extensible_files_are_read(tmp_path: Path, content: bytes) -> None:
    """µ-law, at its own rate or another, and PCM under the newer header."""
    path = tmp_path / "other.wav"
    path.write_bytes(content)
    assert ttymodem("receive", str(path)).output == f"{TEXT}\n"


def test_50_baud_is_an_option(tmp_path: Path) -> None:
    """For both."""
    path = str(tmp_path / "fifty.wav")
    assert ttymodem("send", path, TEXT, "--baud", "50").exit_code == 0
    assert ttymodem("receive", path, "--baud", "50").output == f"{TEXT}\n"


def test_bad_input_is_said(tmp_path: Path) -> None:
    """What is wrong, and what to do; no traceback."""
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("no sound", "utf-8")
    (tmp_path / "silent.wav").write_bytes(wav(b"\xff" * 8000))
    (tmp_path / "none.wav").write_bytes(wav(b""))
    place = str(tmp_path)
    with wave.open(f"{place}/deep.wav", "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(3)
        writer.setframerate(8000)
        writer.writeframes(bytes(24000))
    (tmp_path / "cut.wav").write_bytes(wav(modulate("A"))[:30])
    (tmp_path / "still.wav").write_bytes(chunked(1, 16, DEEP, rate=0))
    mute = bytearray(chunked(1, 16, DEEP))
    mute[22] = 0  # its number of channels
    (tmp_path / "mute.wav").write_bytes(mute)
    (tmp_path / "float.wav").write_bytes(chunked(3, 32, bytes(800)))
    cases = (
        (("receive", f"{place}/empty.wav"), 2, "empty.wav is empty;"),
        (("receive", f"{place}/text.wav"), 2, "no WAV file"),
        (("receive", f"{place}/missing.wav"), 2, "can't be read"),
        (("receive", place), 2, "is a directory"),
        (("receive", f"{place}/deep.wav"), 2, "24 bits"),
        (("receive", f"{place}/cut.wav"), 2, "breaks off before its sound"),
        (("receive", f"{place}/still.wav"), 2, "0 samples a second"),
        (("receive", f"{place}/mute.wav"), 2, "no channels"),
        (("receive", f"{place}/float.wav"), 2, "another kind (format 3)"),
        (("receive", ""), 2, "its name is empty"),
        (("send", "", "A"), 2, "its name is empty"),
        (("receive", f"{place}/silent.wav", "--baud", "nan"), 2, "'--baud': nan is no number"),
        (("send", f"{place}/x.wav", "A", "--baud", "nan"), 2, "'--baud': nan is no number"),
        (("send", place, "A"), 2, "is a directory"),
        (("receive", f"{place}/silent.wav"), 1, "no TTY text"),
        (("receive", f"{place}/none.wav"), 2, "no sound"),
        (("send", f"{place}/x.wav", "a~b"), 2, "can't send ~"),
        (("send", f"{place}/x.wav", ""), 2, "is empty"),
        (("send", f"{place}/gone/x.wav", "A"), 1, "can't be written"),
    )
    for arguments, status, message in cases:
        result = ttymodem(*arguments)
        assert result.exit_code == status, arguments
        assert message in " ".join(result.output.split()), arguments
        assert result.exception is None or isinstance(result.exception, SystemExit), arguments


@pytest.mark.slow
def test_errors_of_the_installed_command_are_no_tracebacks(tmp_path: Path) -> None:
    """A file that is no sound: the status and one message, as in a shell."""
    (tmp_path / "text.wav").write_text("no sound", "utf-8")
    command = [sys.executable, "-m", "ttymodem", "receive", str(tmp_path / "text.wav")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 2
    assert "no WAV file" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
