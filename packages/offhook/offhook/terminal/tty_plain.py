"""A TTY in lines of text: what was sent in a turn is a line, and each line of input is typed."""

from __future__ import annotations

import json
import sys
import threading

import click

from offhook.callers.realtime import DoesNotFit
from offhook.callers.script_words import KEYS, LEG_STATUSES
from offhook.events import Event, Said
from offhook.needs import HangUp, Key
from offhook.terminal.plain import show_plain
from offhook.terminal.typed_lines import TypedLines
from offhook.transcript import LABEL
from offhook.tty.call import PATIENCE, TtyCall
from offhook.tty.device import Untypable
from offhook.tty.legs import leg_does, leg_fits
from offhook.tty.script import TtyScript

HOW = (
    "Each line is typed as it stands: end a turn with GA, the call with SK. Enter alone is the\n"
    "space bar, which announces a TTY. /9 presses a key, /hangup hangs up. While a dialled leg\n"
    "rings or talks, /answered, /busy, /no-answer, /failed and /completed are what it does."
)

WORDS = "a key as in /9, /hangup, or for a dialled leg /answered, /busy, /no-answer, /completed"


def hold(call: TtyCall, script: TtyScript | None, *, as_json: bool) -> None:
    """Hold a call to its end, and print it. Raises ScriptError as a script does."""
    call.start()
    printing = threading.Thread(target=_print, args=(call, as_json), name="print", daemon=True)
    printing.start()
    try:
        if script is not None:
            script.follow(call)
        else:
            _type_lines(call)
    except KeyboardInterrupt:
        click.echo(err=True)
    finally:
        call.hang_up()
        printing.join(PATIENCE)


def _print(call: TtyCall, as_json: bool) -> None:  # noqa: FBT001 - a thread's arguments are placed
    shown = 0
    for record in call.live.follow():
        if as_json:
            click.echo(json.dumps(record, ensure_ascii=False))
            continue
        new = call.live.moments[shown:]
        shown += len(new)
        for moment in new:
            _show(moment.event, moment.at)


def _show(event: Event, at: float) -> None:
    """An event in a line; words that are spoken are of no use here, but a developer wants them."""
    if isinstance(event, Said):
        text = " ".join(event.text.split())
        click.secho(f"{'':<{LABEL}} (voice) {text}", dim=True)
    else:
        show_plain(event, at)


# What comes from the keyboard, or from a pipe


def _type_lines(call: TtyCall) -> None:
    """Type at once at a terminal; from a pipe one line after the other, each in its turn."""
    patient = not sys.stdin.isatty()
    lines = TypedLines()
    while (line := lines.next(lambda: call.live.over)) is not None:
        try:
            if _act(call, line, patient=patient):
                return
        except (DoesNotFit, Untypable, AssertionError) as error:
            click.echo(f"{'':<{LABEL}} {str(error).partition(chr(10))[0]}", err=True)
    if patient and not call.live.over:
        call.until(lambda: call.device.my_turn or call.live.over, "the last answer")


def _act(call: TtyCall, line: str, *, patient: bool) -> bool:
    """Do what a line says; whether it hangs up."""
    if line.startswith("/"):
        return _do(call, line[1:], patient=patient)
    if patient:
        call.await_turn()
    call.device.type(line or " ")
    if patient:
        call.until(lambda: not call.device.sending, "the text to be sent")
    return False


def _do(call: TtyCall, word: str, *, patient: bool) -> bool:
    """Do what a word behind a slash says; whether it hangs up."""
    if word == "hangup":
        call.live.input(HangUp())
        return True
    if KEYS.fullmatch(word):
        for key in word:
            call.input(Key(key))
    elif word in LEG_STATUSES:
        if patient:
            call.until(lambda: leg_fits(word, call.live.need), f"a leg that can be {word}")
        leg_does(call, word, PATIENCE)
    else:
        raise DoesNotFit(f"/{word} is not typed, and means nothing; write {WORDS}")
    return False
