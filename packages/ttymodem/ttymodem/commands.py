"""`ttymodem`: text to a sound file, and back."""

from __future__ import annotations

import math
from pathlib import Path

import click

from ttymodem.baudot import BAUD, Unsendable

INSTALL = "sound needs numpy: pip install numpy"


def named(context: click.Context, parameter: click.Parameter, value: Path) -> Path:
    """The file, unless its name is empty, which would be this folder. Raises click.BadParameter."""
    if value == Path():
        raise click.BadParameter("its name is empty; name a file", context, parameter)
    return value


file_argument = click.argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), callback=named
)


def number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The value, unless it is nan, which no range keeps out. Raises click.BadParameter."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number", context, parameter)
    return value


baud = click.option(
    "--baud",
    type=click.FloatRange(20, 110),
    callback=number,
    default=BAUD,
    show_default=True,
    help="Bits a second.",
)


@click.group("ttymodem")
def main() -> None:
    """Write text as TTY sound, and read it.

    \b
    ttymodem send hello.wav "HELLO GA"
    ttymodem receive hello.wav

    Exit status: that of the command.
    """


@main.command()
@file_argument
@click.argument("text")
@baud
def send(file: Path, text: str, baud: float) -> None:
    """Write TEXT into FILE as Baudot tones: a WAV file, 8 kHz, mono.

    \b
    ttymodem send hello.wav "HELLO GA"
    ttymodem send hallo.wav "HALLO GA" --baud 50

    Exit status: 0 written, 1 the file can't be written, 2 the text can't be sent.
    """
    try:
        from ttymodem.files import wav  # noqa: PLC0415 - an extra
        from ttymodem.modem import modulate  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise click.UsageError(INSTALL) from error
    try:
        sound = wav(modulate(text, baud))
    except Unsendable as error:
        raise click.BadParameter(str(error), param_hint="TEXT") from error
    if not text:
        raise click.BadParameter("is empty; write what is to be sent", param_hint="TEXT")
    try:
        file.write_bytes(sound)
    except OSError as error:
        raise click.ClickException(f"{file} can't be written ({error.strerror})") from error


@main.command()
@file_argument
@baud
def receive(file: Path, baud: float) -> None:
    """Print the text that is in FILE, a WAV file of any usual rate, PCM or µ-law.

    \b
    ttymodem receive hello.wav

    Exit status: 0 printed, 1 there is no text in it, 2 the file can't be read.
    """
    try:
        from ttymodem.files import Unreadable, ulaw_from  # noqa: PLC0415 - an extra
        from ttymodem.modem import received  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise click.UsageError(INSTALL) from error
    try:
        sound = ulaw_from(file)
    except Unreadable as error:
        raise click.BadParameter(str(error), param_hint="FILE") from error
    text = received(sound, baud).replace("\r", "").strip()
    if not text:
        raise click.ClickException(f"no TTY text was found in {file}; is it Baudot at {baud:g}?")
    click.echo(text)
