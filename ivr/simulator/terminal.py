"""The phone on the desk: a call in the terminal, at the keyboard or from a script."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict

import click

from ivr.simulator.events import (
    Answer,
    Ended,
    Event,
    HangUp,
    LegEnded,
    Listening,
    Played,
    Pressed,
    Ringing,
    Said,
    Silence,
    Speech,
    Spoke,
    StayedSilent,
    Waited,
    Warned,
)
from ivr.simulator.script import HOW_TO_ANSWER, HOW_TO_END_A_LEG, answer_from, fits, readable

WIDTH = 88
LABEL = 6
KEYBOARD_HELP = (
    "Answer with a key (0-9 * #) or with words; Enter alone is silence; hangup ends the call."
)


class KeyboardCaller:
    """Somebody at the keyboard. The end of the input, or Ctrl-C, hangs up."""

    def answer(self, need: Listening | Ringing) -> Answer:
        """Ask until the answer fits."""
        ringing = isinstance(need, Ringing)
        prompt = "ends" if ringing else "you"
        while True:
            try:
                click.echo(f"{prompt:<{LABEL}} > ", nl=False, err=True)
                typed = readable(input().strip())
            except (EOFError, KeyboardInterrupt):
                click.echo(err=True)
                return HangUp()
            answer = typed_answer(typed, ringing=ringing)
            if answer is not None and fits(answer, need):
                return answer
            wanted = HOW_TO_END_A_LEG if ringing else HOW_TO_ANSWER
            click.echo(f"{'':<{LABEL}}   write {wanted}", err=True)


def typed_answer(typed: str, *, ringing: bool) -> Answer | None:
    """What was typed: a word of a script, nothing (silence), or words that are said."""
    known = answer_from(typed)
    if known is not None or ringing:
        return known
    return Speech(typed) if typed else Silence()


def show_json(event: Event) -> None:
    """One JSON object on a line of its own."""
    name = type(event).__name__.lower()
    click.echo(json.dumps({"event": name, **asdict(event)}, ensure_ascii=False))


def show_plain(event: Event) -> None:
    """The call as one reads it: who did what."""
    match event:
        case Said(text, seconds):
            first, *more = text.splitlines() or [""]
            _line("line", f"{first} ({seconds:.0f}\u00a0s)")
            for line in more:
                _line("", line)
        case Pressed() | Spoke() | StayedSilent():
            _line("you", _done(event), style="cyan")
        case Ringing(number, caller_id, seconds):
            _line("dials", f"{number}, as {caller_id}, for up to {seconds} s", style="yellow")
        case LegEnded(number, status):
            _line("leg", f"{number}: {status}", style="yellow")
        case Warned(code, message, remedy):
            _line("warns", f"{code or 'note'}: {message}. {remedy}", style="red")
        case Ended(reason):
            _line("end", reason, style="bright_black")
        case Played(what):
            _line("plays", what)
        case Waited(seconds):
            _line("waits", f"{seconds} s")
        case _:
            pass  # webhooks, and that the line listens: for --json


def _done(event: Pressed | Spoke | StayedSilent) -> str:
    match event:
        case Pressed(keys):
            return f"press {keys}"
        case Spoke(words):
            return f'say "{words}"'
        case StayedSilent(seconds):
            return f"say nothing for {seconds} s"


def _line(label: str, text: str, style: str | None = None) -> None:
    indent = " " * (LABEL + 1)
    filled = textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
    click.secho(f"{label:<{LABEL}}{filled[LABEL:]}", fg=style)
