"""The `ivr` command."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import click
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from ivr import ConfigError, Settings, create_app
from ivr.call.flow import TableError
from ivr.config import VoiceLine, load_line
from ivr.proof.audit import audit
from ivr.proof.map import call_map
from ivr.proof.script import call_script
from ivr.simulator.call import Line
from ivr.simulator.carrier import Carrier, WsgiTransport
from ivr.simulator.conversation import converse
from ivr.simulator.script import ScriptedCaller, ScriptError, readable
from ivr.simulator.terminal import (
    KEYBOARD_HELP,
    KeyboardCaller,
    show_json,
    show_plain,
)
from ivr.voice.fallback import safe_exit
from ivr.voice.inbound import E164

LOOPBACK_URL = "http://localhost"


def moment(_: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """An instant, from an ISO 8601 time that has an offset from UTC."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        message = f"{value!r} is no time with an offset; write 2026-11-23T18:59-06:00"
        raise click.BadParameter(message, param=parameter)
    return at


@click.group()
def main() -> None:
    """A voice line for people with persistent back pain: try it, check it, print it."""


@main.command()
@click.option("--at", callback=moment, help="The call's clock, which then stands still.")
@click.option("--from", "caller", default="+16125550123", show_default=True, help="Who calls.")
@click.option("--to", "called", default="+19525550100", show_default=True, help="Who is called.")
@click.option("--script", help="Play these inputs without asking, then hang up.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per event.")
def phone(
    at: datetime | None, caller: str, called: str, script: str | None, *, as_json: bool
) -> None:
    """Place a call in the terminal.

    \b
    ivr phone
    ivr phone --at 2026-11-23T18:59-06:00
    ivr phone --at 2026-11-23T10:00-06:00 --script "2 2 2 2 2 2 2 busy completed"
    ivr phone --script "say:'not sure' no-answer hangup" --json
    """
    settings = Settings.from_environment(os.environ)
    settings = replace(settings, auth_token=settings.auth_token or secrets.token_hex(16))
    base = settings.base_url or LOOPBACK_URL
    app = create_app(settings, clock=(lambda: at) if at else None)
    prefix = urlsplit(base).path
    mounted = DispatcherMiddleware(NotFound(), {prefix: app.wsgi_app}) if prefix else app.wsgi_app
    carrier = Carrier(WsgiTransport(mounted), settings.auth_token)
    call = carrier.call(
        Line(f"{base}/voice", f"{base}/voice/status"), readable(caller), readable(called)
    )
    scripted = None if script is None else ScriptedCaller(script)
    if scripted is None and not as_json:
        click.echo(f"{caller} calls {called}.\n{KEYBOARD_HELP}\n")
    converse(call, carrier, scripted or KeyboardCaller(), show_json if as_json else show_plain)
    if scripted:
        scripted.check_finished()


@main.command()
def check() -> None:
    """Walk every path of the call and prove that nobody gets lost.

    Exits 1 and names the path where a law is broken.
    """
    report = audit(_line())
    click.echo(report.text())
    if report.violations:
        sys.exit(1)


@main.command("map")
def map_() -> None:
    """Print the call map as a Mermaid flow chart."""
    click.echo(call_map(_line().engine.table), nl=False)


@main.command()
def script() -> None:
    """Print the wording of the whole call, for a nurse manager to review."""
    click.echo(call_script(_line()), nl=False)


@main.command()
@click.option("--caller-id", help="The line's own number, so that withheld callers get through.")
def fallback(caller_id: str | None) -> None:
    """Print the TwiML to host elsewhere as the number's fallback URL."""
    if caller_id and not E164.fullmatch(caller_id):
        raise click.BadParameter("write a number such as +19525550100", param_hint="--caller-id")
    line = _line()
    twiml = safe_exit(line.prompts[line.directory.language], line.directory, caller_id)
    click.echo(twiml.decode())


def _line() -> VoiceLine:
    settings = Settings.from_environment(os.environ)
    return load_line(settings.directory, settings.prompts)


def run() -> None:
    """Run the command; what is wrong is said in one message, without a traceback."""
    try:
        main()
    except (ConfigError, ScriptError, TableError) as error:
        click.echo(f"ivr: {error}", err=True)
        sys.exit(1 if isinstance(error, ScriptError) else 2)


if __name__ == "__main__":
    run()
