"""The `ivr` command."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from urllib.parse import urlsplit

import click
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from ivr import ConfigError, Settings, create_app
from ivr.call.flow import TableError
from ivr.call.lines import NAVIGATOR, PHONE_NUMBER
from ivr.config import VoiceLine, load_line
from ivr.proof.audit import audit
from ivr.proof.map import call_map
from ivr.proof.script import call_script
from ivr.simulator.commands import Own, load, phone, scenario
from ivr.simulator.exchange import Line
from ivr.simulator.script import ScriptError
from ivr.simulator.target import LOOPBACK_URL, Target
from ivr.simulator.transport import WsgiTransport
from ivr.tty.commands import tty
from ivr.voice.fallback import safe_exit


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """A voice line for people with persistent back pain: try it, check it, print it."""
    local = partial(own_target, public=False)
    context.obj = Own(own_target, lambda: call_map(_line().engine.table), own_zone, local)


def own_target(auth_token: str, *, public: bool = True) -> Target:
    """The line of this project, called in this process under its public URL.

    If not `public`, the URL of each request counts, as for a line that is served here.
    """
    settings = Settings.from_environment(os.environ)
    token = auth_token or settings.auth_token or secrets.token_hex(16)
    settings = replace(settings, auth_token=token)
    settings = settings if public else replace(settings, public_url=None)
    base = settings.base_url or LOOPBACK_URL
    app = create_app(settings).wsgi_app
    prefix = urlsplit(base).path
    mounted = DispatcherMiddleware(NotFound(), {prefix: app}) if prefix else app
    line = Line(f"{base}/voice", f"{base}/voice/status")
    return Target("the back pain line", line, WsgiTransport(mounted, base), token, dated=True)


def own_zone() -> tzinfo | None:
    """The zone of the line's office hours."""
    hours = _line().directory.lines[NAVIGATOR].hours
    return hours.zone if hours else None


main.add_command(load)
main.add_command(phone)
main.add_command(scenario)
main.add_command(tty)


@main.command()
def check() -> None:
    """Walk every path of the call and prove that nobody gets lost.

    \b
    ivr check
    IVR_DIRECTORY=directory.toml ivr check

    Exit status: 0 every law holds, 1 one is broken (the path is named), 2 wrong files.
    """
    report = audit(_line())
    click.echo(report.text())
    if report.violations:
        sys.exit(1)


@main.command("map")
def map_() -> None:
    """Print the call map as a Mermaid flow chart.

    \b
    ivr map > call-map.mmd

    Exit status: 0 printed, 2 wrong files.
    """
    click.echo(call_map(_line().engine.table), nl=False)


@main.command()
def script() -> None:
    """Print the wording of the whole call, for a nurse manager to review.

    \b
    ivr script > call-script.md

    Exit status: 0 printed, 2 wrong files.
    """
    click.echo(call_script(_line()), nl=False)


@main.command()
@click.option("--caller-id", help="The line's own number, so that withheld callers get through.")
def fallback(caller_id: str | None) -> None:
    """Print the TwiML to host elsewhere as the number's fallback URL.

    It never dials the number that it is for, so print one for each number of the line that
    is one of the CareLine's.

    \b
    ivr fallback --caller-id +19525550100 > fallback.xml

    Exit status: 0 printed, 2 wrong options or files.
    """
    if caller_id and not PHONE_NUMBER.fullmatch(caller_id):
        raise click.BadParameter("write a number such as +19525550100", param_hint="--caller-id")
    line = _line()
    prompts = line.prompts[line.directory.language]
    twiml = safe_exit(prompts, line.directory, caller_id, called=caller_id or "")
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
