"""Scenarios: calls written down in TOML, to be placed again as tests.

    title = "A yes on a Sunday at 3 a.m."
    at = "2026-11-22T03:00-06:00"
    steps = [
      {hears = "hang up and dial 911"},
      {press = "1"},
      {dialled = "+16125550199"},
      {busy = true},
    ]

Written by hand, or saved from a call. `STEPS` names everything a step can be.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from offhook.callers.iso_time import moment_from
from offhook.callers.phone import DEFAULT_CALLER, DEFAULT_NUMBER, Phone
from offhook.callers.phone_call import PhoneCall
from offhook.carrier.fault_injection import FaultError, InjectedFaults


class ScenarioError(Exception):
    """A scenario that can't be read: which file, where, and what to write instead."""


@dataclass(frozen=True)
class StepKind:
    """What a step does, the type of its value, and what may stand beside it."""

    do: Callable[..., None]
    value: type
    beside: Mapping[str, type]


def _received(call: PhoneCall, text: str) -> None:
    bodies = [each.body for each in call.phone.texts]
    if not any(text in body for body in bodies):
        raise AssertionError(f"no text has {text!r}; received: {bodies}\n\n{call.transcript}")


def _ended(call: PhoneCall, reason: str) -> None:
    if not call.ended or reason not in call.ended:
        what = f"ended: {call.ended}" if call.ended else "goes on"
        raise AssertionError(
            f"the call should have ended ({reason}); it {what}\n\n{call.transcript}"
        )


def _warned(call: PhoneCall, codes: list[int]) -> None:
    found = [warning.code for warning in call.warnings]
    if found != codes:
        raise AssertionError(f"warnings {found}, not {codes}\n\n{call.transcript}")


def _answers(call: PhoneCall, whisper: str) -> None:
    call.answer(whisper or None)


def _flag(method: Callable[[PhoneCall], None]) -> Callable[[PhoneCall, bool], None]:
    """A step whose value is `true`."""

    def do(call: PhoneCall, wanted: bool) -> None:  # noqa: FBT001 - the value as it stands in TOML
        if wanted:
            method(call)

    return do


STEPS: Mapping[str, StepKind] = {
    "hears": StepKind(PhoneCall.expect_said, str, {"leg": str}),
    "press": StepKind(PhoneCall.press, str, {"interrupt": bool}),
    "say": StepKind(PhoneCall.say, str, {"interrupt": bool}),
    "silence": StepKind(_flag(PhoneCall.stay_silent), bool, {}),
    "waits": StepKind(PhoneCall.wait, float, {}),
    "hangs_up": StepKind(_flag(PhoneCall.hang_up), bool, {}),
    "dialled": StepKind(PhoneCall.expect_ringing, str, {}),
    "answers": StepKind(_answers, str, {}),
    "busy": StepKind(_flag(PhoneCall.be_busy), bool, {}),
    "no_answer": StepKind(_flag(PhoneCall.ring_out), bool, {}),
    "fails": StepKind(_flag(PhoneCall.be_unreachable), bool, {}),
    "voicemail": StepKind(_flag(PhoneCall.answer_by_machine), bool, {}),
    "they_hang_up": StepKind(_flag(PhoneCall.end_talk), bool, {}),
    "agent_answers": StepKind(_flag(PhoneCall.connect_agent), bool, {}),
    "ended": StepKind(_ended, str, {}),
    "warnings": StepKind(_warned, list, {}),
    "text": StepKind(_received, str, {}),
}


@dataclass(frozen=True)
class Step:
    """One step: what is done, with its value and what stands beside it."""

    name: str
    value: object
    beside: Mapping[str, object]

    def __str__(self) -> str:
        """The step as it is written."""
        fields = {self.name: self.value, **self.beside}
        return ", ".join(f"{name} = {json.dumps(value)}" for name, value in fields.items())


@dataclass(frozen=True)
class Scenario:
    """One call as it is to go."""

    title: str
    steps: tuple[Step, ...]
    at: str | None = None
    caller: str = DEFAULT_CALLER
    called: str = DEFAULT_NUMBER
    faults: tuple[str, ...] = ()

    def run(self, phone: Phone) -> PhoneCall:
        """Place the call. Raises AssertionError, with the step and the transcript."""
        call = phone.dial(self.called, caller=self.caller, at=self.at, faults=self.faults)
        for place, step in enumerate(self.steps, start=1):
            try:
                STEPS[step.name].do(call, step.value, **step.beside)
            except AssertionError as error:
                raise AssertionError(f"step {place} ({step}): {error}") from None
        return call


FIELDS = {"title": str, "at": str, "from": str, "to": str, "faults": list, "steps": list}


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises ScenarioError."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path.name} can't be read: {error}") from error
    try:
        return _scenario(data, path.stem)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None


def _scenario(data: Mapping[str, object], name: str) -> Scenario:
    for key, value in data.items():
        _check(key, value, FIELDS, "a scenario")
    at = data.get("at")
    faults = tuple(map(str, _list(data.get("faults", []))))
    if at is not None and moment_from(str(at)) is None:
        raise ScenarioError(f"at: {at!r} is no time with an offset; write 2026-11-23T10:00-06:00")
    try:
        InjectedFaults(faults)
    except FaultError as error:
        raise ScenarioError(str(error)) from error
    return Scenario(
        str(data.get("title", name.replace("-", " "))),
        tuple(_steps(_list(data.get("steps", [])))),
        None if at is None else str(at),
        str(data.get("from", DEFAULT_CALLER)),
        str(data.get("to", DEFAULT_NUMBER)),
        faults,
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _steps(entries: list[object]) -> Iterator[Step]:
    if not entries:
        raise ScenarioError('there are no steps; write steps = [{hears = "…"}, {press = "1"}]')
    for place, entry in enumerate(entries, start=1):
        try:
            yield _step(entry)
        except ScenarioError as error:
            raise ScenarioError(f"step {place}: {error}") from None


def _step(entry: object) -> Step:
    if not isinstance(entry, dict) or not entry:
        raise ScenarioError('a step is written {press = "1"}')
    names = [name for name in entry if name in STEPS]
    if not names:
        _check(next(iter(entry)), None, dict.fromkeys(STEPS, object), "a step")
    (name, *more) = names
    if more:
        raise ScenarioError(f"{name} and {more[0]} are two steps; write them one after the other")
    kind = STEPS[name]
    allowed = {name: kind.value, **kind.beside}
    for key, value in entry.items():
        _check(key, value, allowed, f"{name}")
    beside = {key: value for key, value in entry.items() if key != name}
    return Step(name, entry[name], beside)


def _check(key: str, value: object, allowed: Mapping[str, type], where: str) -> None:
    if key not in allowed:
        near = difflib.get_close_matches(key, allowed, 1)
        hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(allowed)}"
        raise ScenarioError(f"{where} has no {key!r}; {hint}")
    wanted = allowed[key]
    numeric = wanted is float and isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, wanted) and not numeric:
        raise ScenarioError(f"{key} is a {_TYPES[wanted]}, not {value!r}")


_TYPES: Mapping[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    float: "number",
    list: "list",
}
