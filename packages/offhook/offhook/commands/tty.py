"""`offhook phone --tty`: a call by TTY, on the full screen, in plain lines or from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from offhook.callers.loopback import API_URL, PortTaken
from offhook.callers.place_call import CallRequest
from offhook.callers.target import Target
from offhook.commands.arguments import INSTALL
from offhook.interpreter.options import Options

if TYPE_CHECKING:
    from offhook.tty.call import TtyCall

NO_TTY = f"a TTY needs an extra; {INSTALL.format('tty')}"

EXTRAS = frozenset(("flask", "numpy", "websockets"))

REST_NOTE = (
    f"if the app moves calls, start it with {API_URL}={{url}} and the auth token that is used here"
)


@dataclass(frozen=True)
class TtyOptions:
    """What the command's options say of a call by TTY."""

    caller: str
    called: str
    at: datetime | None
    faults: Sequence[str]
    assume: Options
    script: str | None
    as_json: bool
    full_screen: bool
    speed: float
    port: int


@contextmanager
def needing_extras() -> Iterator[None]:
    """Turn an extra that is missing into one message. Raises click.UsageError."""
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in EXTRAS:
            raise
        raise click.UsageError(NO_TTY) from error


def tty_call(make: Callable[[], Target], wanted: TtyOptions, *, remote: bool) -> None:
    """Hold one call by TTY on the target that is made. Raises ScriptError.

    A `remote` app finds the REST API on the port of the options; an app in this process
    is told by its environment, and sees the call's time.
    """
    with needing_extras():
        from offhook.terminal.tty_plain import HOW, hold  # noqa: PLC0415 - the same
        from offhook.tty.call import tty_phone  # noqa: PLC0415 - an extra
        from offhook.tty.script import TtyScript  # noqa: PLC0415 - the same
    script = None if wanted.script is None else TtyScript(wanted.script)
    with _at(None if remote else wanted.at), _taken(wanted.port):
        phones = tty_phone(make, wanted.assume, port=wanted.port if remote else 0)
        with phones as phone:
            if remote:
                click.echo(f"note: {REST_NOTE.format(url=phone.api_url)}", err=True)
            target = replace(phone.target, dated=False)  # the whole process has the time already
            numbers = (wanted.caller, wanted.called, wanted.at, wanted.faults, wanted.assume)
            call = phone.place(CallRequest(target, *numbers), speed=wanted.speed)
            if wanted.full_screen and _on_screen(call):
                return
            if script is None and not wanted.as_json:
                click.echo(f"{wanted.caller} calls {wanted.called} by TTY.\n{HOW}\n")
            hold(call, script, as_json=wanted.as_json)


@contextmanager
def _at(at: datetime | None) -> Iterator[None]:
    """The time that this process sees; what waits and streams goes by the monotonic clock."""
    if at is None:
        yield
        return
    import time_machine  # noqa: PLC0415 - takes long: it imports pytest, if that is installed

    with time_machine.travel(at, tick=True):
        yield


@contextmanager
def _taken(port: int) -> Iterator[None]:
    try:
        yield
    except PortTaken as error:
        message = f"port {port} is taken ({error}); choose one: --port 0"
        raise click.ClickException(message) from error


def _on_screen(call: TtyCall) -> bool:
    """Show the call on the full screen; false where Textual is not installed."""
    try:
        from offhook.terminal.screen.tty_phone import TtyScreen  # noqa: PLC0415 - an extra
    except ImportError:
        click.echo(f"note: for a full-screen phone, {INSTALL.format('terminal')}\n", err=True)
        return False
    TtyScreen(call).run()
    return True
