"""The text of the TTY path, read by two modems that others made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from modem_peers import LONGEST, read_by_minimodem, read_by_spandsp

from ivr.call.engine import Utterance
from ivr.config import VoiceLine
from ivr.proof.lengths import SAMPLE_OPENING
from ivr.text.pages import written
from ttymodem.modem import modulate

pytestmark = pytest.mark.slow


def prompts(line: VoiceLine) -> Iterator[str]:
    """Every prompt of the TTY path, as it is sent."""
    assert line.tty is not None
    for name in line.tty.prompts["en"].texts:
        opening = SAMPLE_OPENING if name.startswith("opens.") else None
        utterance = Utterance(name, opening=opening)
        yield written(line.tty.prompts["en"], line.directory, utterance)


def test_minimodem_reads_every_prompt(line: VoiceLine, tmp_path: Path) -> None:
    """Numbers, commas and all; each as it is sent, in one go."""
    for prompt in prompts(line):
        assert read_by_minimodem(modulate(prompt), tmp_path) == prompt


def test_spandsp_reads_every_prompt(line: VoiceLine) -> None:
    """In messages that it can take."""
    for prompt in prompts(line):
        words, found = prompt.split(), list[str]()
        while words:
            count = len(words)
            while len(" ".join(words[:count])) > LONGEST:
                count -= 1
            found.append(read_by_spandsp(modulate(" ".join(words[:count]))))
            words = words[count:]
        assert " ".join(found) == prompt
