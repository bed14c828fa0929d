"""Two TTY modems that are not ours, through files: minimodem, and spandsp's V.18.

minimodem goes back to letters after a space, both ways; V.18 does not, and neither do we.
So what minimodem has typed is compared by its codes, which are the same.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np

from ttymodem.files import wav
from ttymodem.ulaw import decode, encode

SOURCE = Path(__file__).with_name("peers") / "spandsp_v18.c"
MISSING = "{} is missing; `make peers` installs it"
LONGEST = 120
"""Characters in one message of spandsp's; 127 are its limit."""

AFTER = b"\xff" * 8000


def minimodem() -> str:
    """The program. Raises AssertionError if it is not installed."""
    found = shutil.which("minimodem")
    assert found, MISSING.format("minimodem")
    return found


@cache
def spandsp() -> str:
    """The program, built once. Raises AssertionError if it can't be."""
    program = Path(tempfile.mkdtemp()) / "spandsp_v18"
    command = ["cc", "-O1", "-o", str(program), str(SOURCE), "-lspandsp"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{MISSING.format('libspandsp-dev')}\n{result.stderr}"
    return str(program)


def sent_by_minimodem(text: str, folder: Path, level: float = -12.0) -> bytes:
    """The µ-law of a text, its tones at this level in dBFS."""
    path = folder / "sent.wav"
    command = [minimodem(), "--tx", "-R", "8000", "-f", str(path), "tdd"]
    subprocess.run(command, input=text.encode(), check=True, timeout=60)
    with wave.open(str(path)) as reader:
        samples = np.frombuffer(reader.readframes(reader.getnframes()), "<i2") / 32768
    return encode(samples / np.abs(samples).max() * 10 ** (level / 20)) + AFTER


def read_by_minimodem(ulaw: bytes, folder: Path) -> str:
    """The text that it finds, expecting 2 stop bits, as it does by default and as we send."""
    path = folder / "read.wav"
    path.write_bytes(wav(ulaw + AFTER))
    command = [minimodem(), "--rx", "--quiet", "-R", "8000", "-f", str(path), "tdd"]
    result = subprocess.run(command, capture_output=True, check=False, timeout=120)
    return " ".join(result.stdout.decode("ascii", "replace").split())


def sent_by_spandsp(text: str) -> bytes:
    """The µ-law of a text of up to 120 characters."""
    assert len(text) <= LONGEST
    result = subprocess.run([spandsp(), "send", text], capture_output=True, check=True, timeout=60)
    return encode(np.frombuffer(result.stdout, "<i2") / 32768) + AFTER


def read_by_spandsp(ulaw: bytes) -> str:
    """The text that it finds."""
    sound = (decode(ulaw + AFTER) * 32767).astype("<i2").tobytes()
    command = [spandsp(), "receive"]
    result = subprocess.run(command, input=sound, capture_output=True, check=True, timeout=120)
    return " ".join(result.stdout.decode("ascii", "replace").split())


# What a line does


def noisy(ulaw: bytes, snr: float, seed: int) -> bytes:
    """White noise over the whole band, so many dB under the power of what is sent."""
    samples = decode(ulaw)
    loud = samples[np.abs(samples) > np.abs(samples).max() / 4]
    power = np.mean(loud**2) / 10 ** (snr / 10)
    noise = np.random.default_rng(seed).normal(0, np.sqrt(power), len(samples))
    return encode(samples + noise)


def with_losses(ulaw: bytes, share: float, seed: int) -> bytes:
    """A share of the 20 ms frames is lost, and there is silence in their places."""
    frames = np.frombuffer(ulaw[: len(ulaw) // 160 * 160], np.uint8).reshape(-1, 160).copy()
    frames[np.random.default_rng(seed).random(len(frames)) < share] = 0xFF
    return frames.tobytes()


def errors(wanted: tuple[int, ...] | str, found: tuple[int, ...] | str) -> int:
    """The least number of insertions, deletions and changes from one to the other."""
    before = list(range(len(found) + 1))
    for row, one in enumerate(wanted, start=1):
        line = [row]
        for column, other in enumerate(found, start=1):
            change = before[column - 1] + (one != other)
            line.append(min(before[column] + 1, line[-1] + 1, change))
        before = line
    return before[-1]
