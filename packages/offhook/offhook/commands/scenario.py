"""`offhook scenario run`: scenario files as tests, outside pytest."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import click

from offhook.callers.phone import Phone
from offhook.callers.scenario import ScenarioError, read_scenario
from offhook.callers.target import Target
from offhook.commands.arguments import (
    Own,
    assumptions,
    chosen_target,
    scenario_paths,
    target_options,
)
from offhook.commands.program import MountedCommand
from offhook.interpreter.options import Options

NO_TIME = "an app behind a URL can't be shown the scenario's time; it saw the time it is"


@dataclass(frozen=True)
class Result:
    """How a scenario went: `failure` says what was not as written, `error` what can't be read."""

    path: Path
    title: str
    seconds: float
    failure: str = ""
    error: str = ""

    @property
    def word(self) -> str:
        """The result in a word."""
        return "ERROR" if self.error else "FAILED" if self.failure else "passed"


@click.group()
def scenario() -> None:
    """Calls that are written down, and placed again as tests."""


@scenario.command("run", cls=MountedCommand)
@click.argument("place", metavar="DIR", type=click.Path(exists=True, path_type=Path))
@target_options
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML.")
@click.option("--assume", multiple=True, callback=assumptions, help="NAME=VALUE.")
@click.pass_obj
def run_scenarios(  # noqa: PLR0913 - click hands over each option by its name
    own: Own,
    *,
    place: Path,
    name: str | None,
    auth_token: str,
    status_url: str,
    fallback_url: str,
    junit: Path | None,
    assume: Options,
) -> None:
    """Place the calls of all scenario files in DIR (or one file).

    \b
    offhook scenario run tests/scenarios
    offhook scenario run tests/scenarios http://localhost:5000/voice --junit report.xml

    Exit status: 0 all passed, 1 one failed, 2 one can't be read or wrong options.
    """
    paths = scenario_paths(place, "DIR")
    chosen = chosen_target(own, name, auth_token, status_url, fallback_url)
    results = []
    for path in paths:
        result = run_one(path, chosen, assume)
        results.append(result)
        click.echo(f"{result.word:<7} {result.title} ({result.seconds * 1000:.0f} ms)")
        if result.failure or result.error:
            click.echo(f"\n{result.failure or result.error}\n")
    if junit is not None:
        write_junit(junit, results)
    failed = sum(bool(result.failure) for result in results)
    errors = sum(bool(result.error) for result in results)
    click.echo(f"{len(results) - failed - errors} passed, {failed + errors} failed")
    sys.exit(2 if errors else 1 if failed else 0)


def run_one(path: Path, chosen: Target, options: Options) -> Result:
    """Place the call of one file."""
    began = time.perf_counter()
    try:
        wanted = read_scenario(path)
    except ScenarioError as error:
        return Result(path, path.stem, time.perf_counter() - began, error=str(error))
    phone, failure = Phone(chosen, options), ""
    try:
        wanted.run(phone)
    except AssertionError as error:
        failure = str(error)
        if wanted.at is not None and not chosen.dated:
            failure = f"{failure}\n\nnote: {NO_TIME}"
    phone.hang_up_all()
    return Result(path, wanted.title, time.perf_counter() - began, failure)


def write_junit(path: Path, results: list[Result]) -> None:
    """Write the results in the form that build servers read."""
    suite = Element("testsuite", name="scenarios", tests=str(len(results)))
    suite.set("failures", str(sum(bool(result.failure) for result in results)))
    suite.set("errors", str(sum(bool(result.error) for result in results)))
    suite.set("time", f"{sum(result.seconds for result in results):.3f}")
    for result in results:
        case = SubElement(suite, "testcase", name=result.title, classname=result.path.stem)
        case.set("time", f"{result.seconds:.3f}")
        for kind, text in (("failure", result.failure), ("error", result.error)):
            if text:
                SubElement(case, kind, message=text.splitlines()[0]).text = text
    indent(suite)
    ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
