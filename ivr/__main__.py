"""The `ivr` command."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from importlib.util import find_spec

import click

from ivr.call.flow import TableError
from ivr.call.lines import PHONE_NUMBER
from ivr.config import VoiceLine, line_from
from ivr.config_errors import ConfigError
from ivr.proof.audit import audit
from ivr.proof.call_wording import call_wording
from ivr.proof.map import call_map

SIMULATOR = "offhook.commands"
NO_SIMULATOR = "the simulator is not installed: in the line's folder, pip install '.[simulator]'"
ELSEWHERE = {
    "load": (SIMULATOR, "load"),
    "phone": (SIMULATOR, "phone"),
    "scenario": (SIMULATOR, "scenario"),
    "tty": ("ttymodem.commands", "main"),
}
"""The commands of others, each with its module and its name there: imported when needed."""


ALIASES = {"script": "wording"}
"""Names that commands had before."""


class Commands(click.Group):
    """The commands of this file, and those elsewhere."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All their names, in order."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, None if there is none."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, ALIASES.get(cmd_name, cmd_name))
        module, name = ELSEWHERE[cmd_name]
        if module == SIMULATOR and not _has_simulator():
            return click.Command(
                cmd_name,
                callback=lambda **_: _refuse(),
                params=[click.Argument(["arguments"], nargs=-1)],
                context_settings={"ignore_unknown_options": True},
                short_help=NO_SIMULATOR,
            )
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what is wrong is said in one message, without a traceback."""
        try:
            return super().invoke(ctx)
        except (ConfigError, TableError) as error:
            click.echo(f"ivr: {error}", err=True)
            ctx.exit(2)


def _has_simulator() -> bool:
    return find_spec("offhook") is not None


def _refuse() -> None:
    raise click.UsageError(NO_SIMULATOR)


@click.group("ivr", cls=Commands)
@click.pass_context
def main(context: click.Context) -> None:
    """A voice line for people with persistent back pain: try it, check it, print it."""
    ours = ELSEWHERE.get(context.invoked_subcommand or "", ("", ""))[0] == SIMULATOR
    if ours and _has_simulator():
        from ivr.own_line import OWN  # noqa: PLC0415 - takes long to import

        context.obj = OWN


@main.command()
@click.option("--documents", is_flag=True, help="Walk every TwiML document that is sent, too.")
def check(*, documents: bool) -> None:
    """Walk every path of the call and prove that nobody gets lost.

    \b
    ivr check
    ivr check --documents
    IVR_DIRECTORY=directory.toml ivr check

    Exit status: 0 every law holds, 1 one is broken (the path is named), 2 wrong files.
    """
    line = line_from(os.environ)
    for warning in line.directory.warnings():
        click.echo(f"warning: directory: {warning}", err=True)
    report = audit(line)
    click.echo(report.text())
    violations = report.violations + (_check_documents() if documents else ())
    if violations:
        sys.exit(1)


def _check_documents() -> tuple[str, ...]:
    """Walk the documents and print what was found: the violations."""
    if not _has_simulator():
        _refuse()
    from ivr.own_documents import walk_own_documents  # noqa: PLC0415 - takes long to import
    from ivr.proof.document_audit import audit_documents  # noqa: PLC0415 - the same

    logging.disable(logging.CRITICAL)  # the app is made to fail, and says so
    try:
        report = audit_documents(walk_own_documents(os.environ))
    finally:
        logging.disable(logging.NOTSET)
    click.echo(report.text())
    return report.violations


@main.command("map")
def map_() -> None:
    """Print the call map as a Mermaid flow chart.

    \b
    ivr map > call-map.mmd

    Exit status: 0 printed, 2 wrong files.
    """
    click.echo(call_map(line_from(os.environ).engine.table), nl=False)


@main.command()
def wording() -> None:
    """Print the wording of the whole call, for a nurse manager to review.

    \b
    ivr wording > call-wording.md

    Exit status: 0 printed, 2 wrong files.
    """
    click.echo(call_wording(line_from(os.environ)), nl=False)


@main.command()
@click.option("--caller-id", help="The line's own number, so that withheld callers get through.")
@click.option("--compare", metavar="URL|FILE", help="Compare what is hosted with today's numbers.")
def fallback(caller_id: str | None, compare: str | None) -> None:
    """Print the TwiML to host elsewhere as the number's fallback URL, or compare it.

    It never dials the number that it is for, so print one for each number of the line that
    is one of the CareLine's. After each change of the directory, compare.

    \b
    ivr fallback --caller-id +19525550100 > fallback.xml
    ivr fallback --compare https://handler.example.org/fallback.xml
    ivr fallback --compare fallback.xml

    Exit status: 0 printed, or it dials and names today's numbers; 1 it does not; 2 wrong
    options or files, or what is hosted can't be read.
    """
    from ivr.twilio.fallback import safe_exit  # noqa: PLC0415 - takes long to import

    if caller_id and not PHONE_NUMBER.fullmatch(caller_id):
        raise click.BadParameter("write a number such as +19525550100", param_hint="--caller-id")
    line = line_from(os.environ)
    if compare:
        _compare_fallback(line, compare, caller_id)
        return
    prompts = line.prompts[line.directory.language]
    twiml = safe_exit(prompts, line.directory, caller_id, called=caller_id or "")
    click.echo(twiml.decode())


def _compare_fallback(line: VoiceLine, place: str, caller_id: str | None) -> None:
    from ivr.twilio.hosted_fallback import (  # noqa: PLC0415 - takes long to import
        Unreadable,
        differences,
        fetched,
    )

    try:
        found = list(differences(line, fetched(place), caller_id))
    except Unreadable as error:
        click.echo(f"ivr: the hosted fallback: {error}", err=True)
        sys.exit(2)
    if not found:
        click.echo("The hosted fallback dials and names today's numbers.")
        return
    for difference in found:
        click.echo(difference)
    click.echo("Host what `ivr fallback` prints now.", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
