"""The wording of the whole call with keys and next steps, for a nurse manager to review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from ivr.call.additions import ADDITIONS
from ivr.call.common_options import IN_A_CRISIS, early, silence, unmatched
from ivr.call.flow import (
    ACCEPT,
    CALL_A_TTY,
    SAFE_EXIT_PROMPTS,
    SPOKEN_TO_A_TTY,
    TONES_COME,
    prompt_names,
)
from ivr.call.nodes import (
    OPENING_PROMPTS,
    Ask,
    Gate,
    Goodbye,
    Handover,
    Medium,
    Message,
    NextOpening,
    Node,
    Option,
    Question,
    Transfer,
    Way,
)
from ivr.call.on_tty import EDGE_PROMPTS, is_everywhere
from ivr.call.prompts import Prompts, spelled
from ivr.config import VoiceLine
from ivr.proof.lengths import SAMPLE_OPENING

ATTEMPT_NAMES = ("First", "Again", "Last time")


def call_wording(line: VoiceLine) -> str:
    """The script in every language, as Markdown."""
    both = [line, line.tty] if line.tty else [line]
    lines = [
        text
        for language in sorted(line.prompts)
        for each in both
        for text in _language(each, language)
    ]
    return "\n".join(lines) + "\n"


BY_VOICE = (
    "# The call, word by word ({language})",
    "",
    "Prototype: not reviewed by clinicians. Printed by `ivr wording` from the table that",
    "the line runs on.",
    "",
    "At every question and menu: **0** dials a nurse at the CareLine, **9** leads to the",
    "TTY path, **\\*** repeats. Silence or an answer that is not offered asks again, and",
    "the third time a person takes over. Opening times are examples.",
)

ON_A_TTY = (
    "",
    "# The call on a TTY, word by word ({language})",
    "",
    "What a TTY shows, in capitals, with Q for a question mark. The same table: what differs",
    "is that a no to a red-flag question is read back, and whatever else may be misread, and",
    "that TTY numbers are dialled. Keys, typed digits and typed words mean the same; but a yes",
    "or not sure that was clearly received goes on at once. Silence lasts 90 s, then there is",
    "a warning, and 45 s more.",
)


def _language(line: VoiceLine, language: str) -> Iterator[str]:
    writer = Writer(line, line.prompts[language])
    is_tty = line.engine.medium is Medium.TTY
    yield from (text.format(language=language) for text in (ON_A_TTY if is_tty else BY_VOICE))
    yield from ("", "## Words for the keys that work everywhere", "")
    yield from writer.everywhere()
    yield from additions(IN_A_CRISIS.way.say)
    yield from ("", "## Before anything is asked again", "")
    yield from writer.reprompts()
    if is_tty:
        yield from writer.beside(EDGE_PROMPTS)
    else:
        yield from writer.beside((TONES_COME, CALL_A_TTY, SPOKEN_TO_A_TTY, ACCEPT))
    for node in line.engine.table.values():
        yield from ("", f"## {node.name}", "")
        yield from writer.node(node)
        yield from additions(prompt_names({node.name: node}).difference(IN_A_CRISIS.way.say))
    yield from ("", "## The safe exit, when anything fails", "")
    yield from writer.quoted(SAFE_EXIT_PROMPTS[:1])
    dialled = "TTY number" if is_tty else "local then toll-free"
    yield from ("", f"Dials the CareLine, {dialled}. Then:", "")
    yield from writer.quoted(SAFE_EXIT_PROMPTS[1:])


def additions(prompts: Iterable[str]) -> Iterator[str]:
    """What these prompts say beyond the source page."""
    said = frozenset(prompts)
    for each in ADDITIONS:
        if said.intersection(each.prompts):
            sources = "; ".join(each.sources)
            yield from ("", f"Added: {each.what}. Source: {sources}. Review: **{each.review}**.")


class Writer:
    """Writes nodes in one language."""

    def __init__(self, line: VoiceLine, prompts: Prompts) -> None:
        """Take the words from `prompts`, the numbers from the line's directory."""
        self._directory = line.directory
        self._table = line.engine.table
        self._prompts = prompts

    def everywhere(self) -> Iterator[str]:
        """The words that do what 0, 9 and * do, and those without a key."""
        node = next(each for each in self._table.values() if isinstance(each, Question))
        for option in node.options:
            if not is_everywhere(option):
                continue
            phrases = self._prompts.vocabulary.phrases[option.words]
            alike = (each.key for each in node.options if each.key and each.way == option.way)
            key = (option.key or next(alike, "")).replace("*", "\\*") or "no key"
            said = f": {self._way(option.way)}" if key == "no key" else ""
            yield f"- **{key}**: " + ", ".join(f'"{phrase}"' for phrase in phrases) + said

    def reprompts(self) -> Iterator[str]:
        """What is said before a question is put again."""
        for heard, ways in (("silence", silence("")), ("an answer not offered", unmatched(""))):
            for attempt, way in enumerate(ways[:-1], start=1):
                said = " ".join(self._text(prompt) for prompt in way.say)
                yield f'- after {heard}, attempt {attempt}: "{said}"'
        said = " ".join(self._text(prompt) for prompt in early("")[0].say)
        yield f'- after an answer to a question that was not said to its end: "{said}"'

    def beside(self, prompts: Iterable[str]) -> Iterator[str]:
        """What is said beside the table."""
        yield from ("", "## Beside the table", "")
        for prompt in sorted(prompts):
            yield f'- {prompt}: "{self._text(prompt)}"'

    def node(self, node: Node) -> Iterator[str]:
        """Everything about a node: what it is, what is said, where it leads."""
        match node:
            case Ask():
                yield from self._ask(node)
            case Gate(line=name):
                yield f"By the {name}'s office hours."
                yield from self._ways(node)
            case Message(prompts=prompts):
                yield from self.quoted(prompts)
                yield from self._ways(node)
            case Transfer(line=name, number=number, prompts=prompts):
                yield from self.quoted(prompts)
                yield from ("", f"Dials {self._directory.number(name, number)}.")
                yield from self._ways(node)
            case Handover(medium=medium, to=to):
                yield f"The call goes on by {medium.value.replace('tty', 'TTY')}, at {to}."
                yield from self._ways(node)
            case Goodbye(prompts=prompts):
                yield from self.quoted(prompts)
                yield from ("", "Hangs up.")
            case _:
                assert_never(node)

    def quoted(self, prompts: Iterable[str | NextOpening]) -> Iterator[str]:
        """Prompts as a quotation, a line for each breath."""
        for name in prompts:
            for line in self._text(name).splitlines():
                yield f"> {line}  "

    def _ask(self, node: Ask) -> Iterator[str]:
        if isinstance(node, Question):
            flag = node.red_flag
            yield f"Red flag. Tier: **{flag.tier.value}**. Clinical review: **{flag.review}**."
            yield from (f"Source: {source}." for source in flag.sources)
            yield ""
        for name, prompts in zip(ATTEMPT_NAMES, node.asks, strict=False):
            yield from (f"{name}:", "", *self.quoted(prompts), "")
        for option in node.options:
            if not is_everywhere(option):
                yield f"- {self._option(option)}"
        silent = "no answer" if len(node.asks) == 1 else "no answer, three times"
        yield f"- {silent}: {self._way(node.silence[-1])}"

    def _ways(self, node: Node) -> Iterator[str]:
        yield ""
        for label, way in node.ways():
            yield f"- {label}: {self._way(way)}"

    def _option(self, option: Option) -> str:
        key = "\\#" if option.key == "#" else option.key
        phrases = ", ".join(
            f'"{phrase}"' for phrase in self._prompts.vocabulary.phrases[option.words]
        )
        offered = f"**{key}** or {phrases}" if key else f"{phrases}, clearly received"
        return f"{offered}: {self._way(option.way)}"

    def _way(self, way: Way) -> str:
        said = " ".join(self._text(prompt).replace("\n", " ") for prompt in way.say)
        return f'"{said}" then {way.to}' if said else way.to

    def _text(self, prompt: str | NextOpening) -> str:
        if isinstance(prompt, NextOpening):
            return "\n".join(self._text(f"opens.{form}") for form in OPENING_PROMPTS)
        opening = SAMPLE_OPENING if prompt.startswith("opens.") else None
        return spelled(self._prompts.parts(prompt, self._directory, opening))
