"""`offhook load`: many callers at once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click

from offhook.callers.scenario import ScenarioError, read_scenario
from offhook.callers.target import TargetError, target
from offhook.commands.arguments import INSTALL, scenario_paths
from offhook.commands.program import MountedCommand
from offhook.interpreter.urls import LOOPBACK
from offhook.load.plan import VARIABLE, Plan, Report

LOCUSTFILE = Path(__file__).parents[1] / "load" / "locustfile.py"

LONGEST_SECONDS = 3600
"""After which a run is stopped, whatever is left of it."""


@click.command(cls=MountedCommand)
@click.argument("name", metavar="TARGET")
@click.option("--calls", default=100, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--concurrency", default=10, show_default=True, type=click.IntRange(1, 10_000))
@click.option(
    "--scenarios",
    type=click.Path(exists=True, path_type=Path),
    help="What the callers do, in turn: a folder of scenario files, or one file.",
)
@click.option("--auth-token", default="", help="Signs; else TWILIO_AUTH_TOKEN.")
@click.option("--host-is-mine", is_flag=True, help="Allow a host that is not this machine.")
def load(  # noqa: PLR0913 - click hands over each option by its name
    *,
    name: str,
    calls: int,
    concurrency: int,
    scenarios: Path | None,
    auth_token: str,
    host_is_mine: bool,
) -> None:
    """Let many callers call TARGET at once, on Locust.

    Callers follow scenarios on their own clocks: they do not sleep while prompts are said,
    so ten at once press the app as hard as hundreds of real ones.

    \b
    offhook load http://localhost:8000/voice --calls 1000 --scenarios yes-on-a-sunday-night.toml

    Exit status: 0 every call went as written, 1 one did not, 2 wrong options.
    """
    try:
        host = urlsplit(name).hostname
    except ValueError:
        host = None  # no URL at all, which the target says better
    if host and host not in LOOPBACK and not host_is_mine:
        how = "add --host-is-mine if it is yours and may be put under load"
        raise click.BadParameter(f"{host} is not this machine; {how}", param_hint="TARGET")
    if importlib.util.find_spec("locust") is None:
        raise click.ClickException(f"Locust is not installed; {INSTALL.format('load')}")
    paths = _paths(scenarios)
    try:
        token = target(name, auth_token=auth_token).auth_token
    except TargetError as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        plan = Plan(name, token, calls, tuple(map(str, paths)), str(path))
        _run_locust(plan, concurrency)
        if not path.exists():
            raise click.ClickException("Locust ended without a report; its messages are above")
        report = Report.read(path)
    click.echo(report.text())
    sys.exit(1 if report.failed or report.calls < calls else 0)


def _paths(scenarios: Path | None) -> list[Path]:
    """The scenario files, each of which can be read."""
    if scenarios is None:
        return []
    paths = scenario_paths(scenarios, "--scenarios")
    try:
        for path in paths:
            read_scenario(path)
    except ScenarioError as error:
        raise click.BadParameter(str(error), param_hint="--scenarios") from error
    return [path.resolve() for path in paths]


def _run_locust(plan: Plan, concurrency: int) -> None:
    """Run Locust in a process of its own: it changes how sockets work in its whole process."""
    users = min(concurrency, plan.calls)
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless"]
    command += ["--users", str(users), "--spawn-rate", str(users), "--exit-code-on-error", "0"]
    command += ["--run-time", f"{LONGEST_SECONDS}s", "--loglevel", "WARNING", "--only-summary"]
    command += ["--skip-log-setup"]  # its tables are not wanted; the locustfile shows progress
    progress = None if sys.stderr.isatty() else subprocess.DEVNULL
    environ = os.environ | {VARIABLE: plan.as_text()}
    subprocess.run(command, env=environ, check=False, stdout=subprocess.DEVNULL, stderr=progress)  # noqa: S603
