"""`offhook phone`: a call in the terminal, from a script, or in the browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import click

from offhook.account.exchange import Exchange
from offhook.browser.calls import NO_SPEECH, Calls, PageDefaults
from offhook.callers.loopback import Loopback, PortTaken, announced, served
from offhook.callers.phone import DEFAULT_CALLER, DEFAULT_NUMBER
from offhook.callers.place_call import CallRequest, PlacedCall
from offhook.callers.realtime import LiveCall
from offhook.callers.scenario_writer import as_scenario
from offhook.callers.script import ScriptedCaller, WordCaller
from offhook.callers.script_words import readable
from offhook.callers.target import Target
from offhook.carrier.fault_injection import HOW_TO_WRITE
from offhook.carrier.transport import Request
from offhook.commands.arguments import (
    INSTALL,
    NO_APP,
    Own,
    assumptions,
    chosen_target,
    faults,
    moment,
    number,
    target_options,
)
from offhook.commands.program import MountedCommand
from offhook.commands.tty import TtyOptions, tty_call
from offhook.events import Event
from offhook.interpreter.failures import succeeded
from offhook.interpreter.options import Options
from offhook.interpreter.urls import resolve
from offhook.terminal.plain import KEYBOARD_HELP, KeyboardCaller, show_json, show_plain

NO_TIME = (
    "an app behind a URL can't be shown another time; --at sets the call's own clock alone. "
    "A WSGI app in this folder can: name it module:app"
)


@click.command(cls=MountedCommand)
@target_options
@click.option("--at", callback=moment, help="The call's clock at its start; it then moves on.")
@click.option("--from", "caller", default=DEFAULT_CALLER, show_default=True, help="Who calls.")
@click.option(
    "--to",
    "called",
    default=DEFAULT_NUMBER,
    show_default=True,
    help="Who is called; an app may have a number for TTY callers.",
)
@click.option("--script", help="Play these inputs without asking, then hang up.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per event.")
@click.option("--plain", is_flag=True, help="Plain lines instead of the full screen.")
@click.option("--tty", is_flag=True, help="Call by TTY: text over the call's media streams.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 20, min_open=True),
    callback=number,
    help="With --tty: how many times as fast as real time.",
)
@click.option("--browser", is_flag=True, help="A phone in the browser, with sound.")
@click.option("--map", "chart", help="The app's flow as a Mermaid chart: a file, or its URL.")
@click.option(
    "--port", default=8765, show_default=True, help="Where the browser phone, or the API, listens."
)
@click.option("--fault", "wrong", multiple=True, callback=faults, help=f"{HOW_TO_WRITE}.")
@click.option(
    "--assume", multiple=True, callback=assumptions, help="NAME=VALUE, see docs/simulator.md."
)
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Save the call as a scenario."
)
@click.pass_obj
def phone(  # noqa: PLR0913 - click hands over each option by its name
    own: Own,
    *,
    name: str | None,
    auth_token: str,
    status_url: str,
    fallback_url: str,
    at: datetime | None,
    caller: str,
    called: str,
    script: str | None,
    as_json: bool,
    plain: bool,
    tty: bool,
    speed: float,
    browser: bool,
    chart: str | None,
    port: int,
    wrong: tuple[str, ...],
    assume: Options,
    save: Path | None,
) -> None:
    """Place a call on TARGET, or on the app that is beside this command.

    TARGET is the voice URL of any TwiML app, or a WSGI app in this folder.

    \b
    offhook phone http://localhost:5000/voice --auth-token 12345
    offhook phone app:app/answer --script "1 say:yes hangup"
    offhook phone app:app --browser
    offhook phone app:app --tty --script "tty:NO_GA tty:NO_GA" --speed 4
    offhook phone app:app --at 2026-11-23T10:00-06:00 --script "2 busy completed"
    offhook phone app:app --fault slow:2:20 --fallback-url /fallback --save call.toml

    Exit status: 0 the call was held, 1 the script did not fit, 2 wrong options.
    """
    left_to_the_page = {
        "--script": script is not None,
        "--json": as_json,
        "--plain": plain,
        "--at": at is not None,
        "--fault": bool(wrong),
        "--save": save is not None,
        "--speed": speed != 1.0,
    }
    if browser:
        check_installed("flask", "browser")
        check_page([option for option, given in left_to_the_page.items() if given])
    here = replace(own, target=own.local) if tty or browser else own
    make = partial(chosen_target, here, name, auth_token, status_url, fallback_url)
    remote = name is not None and "://" in name
    if at is not None and remote:
        click.echo(f"note: {NO_TIME}", err=True)
    if browser:
        with browser_port(port) as loopback, served(make()) as called_app:
            shown = own if name is None else NO_APP
            call_map = shown.call_map() if chart is None else read_chart(chart, called_app)
            page = PageDefaults(call_map, shown.zone(), readable(caller), readable(called), tty)
            serve_browser(Calls(called_app, assume, page), loopback)
        return
    check_alone(speed, save, tty=tty)
    if tty:
        full = script is None and not (as_json or plain) and _at_a_terminal()
        numbers = (readable(caller), readable(called), at, wrong, assume)
        wanted = TtyOptions(*numbers, script, as_json, full, speed, port)
        tty_call(make, wanted, remote=remote)
        return
    chosen = make()
    dialling = CallRequest(chosen, readable(caller), readable(called), at, wrong, assume)
    if script is None and not (as_json or plain) and _at_a_terminal():
        full_screen(dialling, save)
        return
    scripted = None if script is None else ScriptedCaller(script)
    if scripted is None and not as_json:
        click.echo(f"{caller} calls {called}.\n{KEYBOARD_HELP}\n")
    cut_off = hold(dialling, scripted or KeyboardCaller(), save, as_json=as_json)
    if scripted and not cut_off:
        scripted.check_finished()


def check_installed(module: str, extra: str) -> None:
    """Refuse what an extra is needed for. Raises click.UsageError."""
    if find_spec(module) is None:
        raise click.UsageError(f"a phone in the browser needs an extra; {INSTALL.format(extra)}")


def check_page(given: Sequence[str]) -> None:
    """Refuse options that the browser phone's page has instead. Raises click.UsageError."""
    if given:
        message = (
            f"leave out {', '.join(given)}: with --browser, a call is placed, timed, "
            "made to fail and saved in the page, and goes in real time"
        )
        raise click.UsageError(message)


def check_alone(speed: float, save: Path | None, *, tty: bool) -> None:
    """Refuse options that do not go together. Raises click.UsageError."""
    if tty and save is not None:
        raise click.UsageError("a call by TTY can't be saved as a scenario; leave out --save")
    if speed != 1.0 and not tty:
        raise click.UsageError("--speed goes with --tty alone; other calls take no time by script")


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def hold(dialling: CallRequest, caller: WordCaller, save: Path | None, *, as_json: bool) -> bool:
    """Hold a call and print it; whether it was cut off on request."""
    placed = dialling.place(Exchange(dialling.target.auth_token))
    events: list[Event] = []

    def show(event: Event, at: float) -> None:
        events.append(event)
        (show_json if as_json else show_plain)(event, at)

    try:
        caller.hold(placed, show)
    finally:
        if save is not None:
            save_scenario(save, placed, events)
    return bool(placed.hang_up_after)


def save_scenario(path: Path, placed: PlacedCall, events: list[Event]) -> None:
    """Write a call down as a scenario file."""
    title = path.stem.replace("-", " ").replace("_", " ")
    try:
        text = as_scenario(placed.request, events, title)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise click.ClickException(f"the call can't be saved: {error}") from error


def read_chart(place: str, target: Target) -> str:
    """A Mermaid chart in a file, or at a URL (which may be relative to the voice URL)."""
    path = Path(place)
    if path.is_file():
        return path.read_text("utf-8")
    url = resolve(target.line.voice_url, place)
    answer = target.transport.send(Request("GET", url, {}, {}))
    if not succeeded(answer):
        why = f"HTTP {answer.status}" if answer.status else answer.body.decode()
        how = f"no file, and not to be had at {url} ({why})"
        raise click.BadParameter(f"{place!r} is {how}", param_hint="--map")
    return answer.body.decode("utf-8", "replace")


@contextmanager
def browser_port(port: int) -> Iterator[Loopback]:
    """The browser phone's port, whose REST API apps of this process are told of."""
    try:
        loopback = Loopback(port)
    except PortTaken as error:
        message = f"port {port} is taken ({error}); choose one: --port 0"
        raise click.ClickException(message) from error
    with loopback, announced(loopback.url):
        yield loopback


def serve_browser(calls: Calls, loopback: Loopback) -> None:
    """Serve the browser phone on loopback until Ctrl-C."""
    if calls.speech is None:
        click.echo(f"note: {NO_SPEECH}", err=True)
    from offhook.browser.page_server import phone_server  # noqa: PLC0415 - an extra

    server = loopback.server(phone_server(calls))
    name = calls.target.name
    click.echo(f"A phone for {name}: http://localhost:{server.port}/ (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo()
    finally:
        server.server_close()


def full_screen(dialling: CallRequest, save: Path | None) -> None:
    """The full-screen phone, or plain lines where Textual is not installed."""
    try:
        from offhook.terminal.screen import ScreenPhone  # noqa: PLC0415 - an extra
    except ImportError:
        click.echo(f"note: for a full-screen phone, {INSTALL.format('terminal')}\n", err=True)
        click.echo(f"{dialling.caller} calls {dialling.called}.\n{KEYBOARD_HELP}\n")
        hold(dialling, KeyboardCaller(), save, as_json=False)
        return
    placed = dialling.place(Exchange(dialling.target.auth_token))
    screen = ScreenPhone(LiveCall(placed))
    screen.run()
    if save is not None:
        save_scenario(save, placed, [moment.event for moment in screen.live.moments])
