"""What the commands have in common: the target, and options that are read into values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar

import click

from offhook.callers.iso_time import moment_from
from offhook.callers.target import Target, TargetError, target
from offhook.carrier.fault_injection import FaultError, InjectedFaults
from offhook.interpreter.options import Options, UnknownOption, options_from

C = TypeVar("C", bound=Callable[..., object])

INSTALL = "install the extra `{}` of offhook, as its README says"


@dataclass(frozen=True)
class Own:
    """What is called when no target is named: the app beside the simulator.

    `target` makes it, signed with this auth token if one is given; `call_map` draws it;
    `zone` is the time zone that its hours are in (None: this machine's); `local` makes it
    for a server on this machine, whatever URL it has elsewhere.
    """

    target: Callable[[str], Target]
    call_map: Callable[[], str | None]
    zone: Callable[[], tzinfo | None]
    local: Callable[[str], Target]


def _no_app(_: str) -> Target:
    raise click.UsageError(
        "name the app to call: a URL such as http://localhost:5000/voice, or module:app"
    )


NO_APP = Own(_no_app, lambda: None, lambda: None, _no_app)
"""Where there is no app beside the simulator."""


def target_options(command: C) -> C:
    """The argument and the options that say what is called."""
    for add in reversed(
        (
            click.argument("name", metavar="[TARGET]", required=False),
            click.option("--auth-token", default="", help="Signs; else TWILIO_AUTH_TOKEN."),
            click.option("--status-url", default="", help="The number's status callback."),
            click.option("--fallback-url", default="", help="Called when the app fails."),
        )
    ):
        command = add(command)
    return command


def chosen_target(
    own: Own, name: str | None, auth_token: str, status_url: str, fallback_url: str
) -> Target:
    """The target that the options name. Raises click.BadParameter."""
    if name is None:
        return own.target(auth_token)
    try:
        return target(name, auth_token=auth_token, status_url=status_url, fallback_url=fallback_url)
    except TargetError as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error


def number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The value, unless it is nan, which no range keeps out. Raises click.BadParameter."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number", context, parameter)
    return value


def scenario_paths(place: Path, hint: str) -> list[Path]:
    """The scenario files in a folder, or the one file. Raises click.BadParameter."""
    paths = sorted(place.glob("*.toml")) if place.is_dir() else [place]
    if not paths:
        raise click.BadParameter(f"{place} holds no .toml file", param_hint=hint)
    return paths


def moment(_: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """An instant, from an ISO 8601 time that has an offset from UTC."""
    if value is None:
        return None
    at = moment_from(value)
    if at is None:
        message = f"{value!r} is no time with an offset; write 2026-11-23T18:59-06:00"
        raise click.BadParameter(message, param=parameter)
    return at


def faults(_: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Faults that can be read."""
    try:
        InjectedFaults(value)
    except FaultError as error:
        raise click.BadParameter(str(error), param=parameter) from error
    return value


def assumptions(_: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> Options:
    """Options of this Twilio's behaviour."""
    try:
        return options_from(list(value))
    except UnknownOption as error:
        raise click.BadParameter(str(error), param=parameter) from error
