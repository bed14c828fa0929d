"""The phone on the desk: a call in the terminal, at the keyboard or from a script."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from offhook.callers.script import WordCaller
from offhook.callers.script_words import SAY, fits, how_to_answer, means_something
from offhook.events import (
    CALLER,
    Ended,
    Event,
    KeySent,
    LegEnded,
    Pressed,
    Ringing,
    Spoke,
    StayedSilent,
    Warned,
)
from offhook.needs import Activity, Wait
from offhook.terminal.typed_lines import TypedLines
from offhook.transcript import LABEL, Moment, readable_lines

KEYBOARD_HELP = (
    "Answer with a key (0-9 * #) or with words; Enter alone is silence; hangup ends the call."
)


class KeyboardCaller(WordCaller):
    """Somebody at the keyboard. The end of the input, or Ctrl-C, hangs up."""

    def __init__(self) -> None:
        """Listen to the keyboard."""
        super().__init__()
        self._lines = TypedLines()

    def peek(self, need: Wait) -> str | None:
        """Nobody knows what will be typed; only a party that is asked can be asked for now."""
        return "leg:" if need.leg != CALLER and need.doing is not Activity.PROMPT else None

    def word(self, need: Wait) -> str:
        """Ask until the answer fits."""
        prompt = {Activity.RING: "ends", Activity.TALK: "talk"}.get(need.doing, "you")
        prefix = "leg:" if need.leg != CALLER else ""
        while True:
            line = self._asked(prefix or prompt)
            if line is None:
                click.echo(err=True)
                return "hangup"
            word = prefix + typed_word(line.strip(), need)
            if means_something(word) and fits(word, need):
                return word
            click.echo(f"{'':<{LABEL}}   write {how_to_answer(need)[1]}", err=True)

    def _asked(self, prompt: str) -> str | None:
        """What is typed when it is asked for; None when there is no more of it."""
        try:
            click.echo(f"{prompt:<{LABEL}} > ", nl=False, err=True)
            return self._lines.next()
        except KeyboardInterrupt:
            return None


def typed_word(typed: str, need: Wait) -> str:
    """What was typed as a word of a script: nothing is silence, other words are said."""
    if need.doing not in {Activity.GATHER, Activity.RECORD} or means_something(typed):
        return typed
    return f"{SAY}{typed}" if typed else "silence"


def show_json(event: Event, at: float) -> None:
    """One JSON object on a line of its own."""
    click.echo(json.dumps(Moment(at, event).as_json(), ensure_ascii=False))


COLOURS: Mapping[type, str] = {
    Ended: "bright_black",
    KeySent: "cyan",
    LegEnded: "yellow",
    Pressed: "cyan",
    Ringing: "yellow",
    Spoke: "cyan",
    StayedSilent: "cyan",
    Warned: "red",
}


def show_plain(event: Event, _at: float) -> None:
    """The call as one reads it: who did what."""
    for line in readable_lines(event):
        click.secho(line, fg=COLOURS.get(type(event)))
