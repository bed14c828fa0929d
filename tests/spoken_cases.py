"""What people say at the red-flag questions, and what the line takes it for."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ivr.call.nodes import Question
from ivr.config import VoiceLine

FOLDER = Path(__file__).parent / "cases"
FILES = ("utterances-en.tsv", "tried-en.tsv", "held-out-en.tsv")

AGAIN = "asked again"

UNDERSTOOD = {
    "yes": {"yes"},
    "no": {"no"},
    "not-sure": {"not-sure"},
    "hedge": {AGAIN, "not-sure"},
    "nurse": {"nurse", "crisis"},
    "interpreter": {"nurse", "interpreter"},
    "language": {"nurse", "interpreter"},
    "repeat": {"repeat"},
    "tty": {"tty"},
    "unclear": {AGAIN, "repeat", "nurse"},
}
"""What the line may take an utterance of each meaning for."""


@dataclass(frozen=True)
class Case:
    """Words that were said at a question, and what was meant."""

    question: str
    said: str
    meaning: str

    def taken_for(self, line: VoiceLine) -> str:
        """The words of the option that the line takes it for."""
        node = line.engine.table[self.question]
        assert isinstance(node, Question)
        option = line.prompts["en"].vocabulary.choose(self.said, node.options)
        return option.words if option else AGAIN

    def is_understood(self, line: VoiceLine) -> bool:
        """Whether the line takes it for what was meant."""
        return self.taken_for(line) in UNDERSTOOD[self.meaning]


def cases(file: str) -> list[Case]:
    """The cases of a file."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as rows:
        return [
            Case(row["question"], row["said"], row["meaning"])
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
