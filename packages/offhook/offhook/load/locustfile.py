"""The callers that Locust runs: each places calls, one after another, as scenarios say.

Every webhook counts as a request of Locust's, every call as one of the kind `call`, and
the time until a dialled party answers as one of the kind `to a person`.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from pathlib import Path

import gevent
from locust import User, constant, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.callers.scenario import Scenario, Step, read_scenario
from offhook.callers.target import target
from offhook.events import Answered, Requested
from offhook.load.plan import VARIABLE, Percentiles, Plan, Report

PLAN = Plan.from_text(os.environ[VARIABLE])
TARGET = target(PLAN.target, auth_token=PLAN.auth_token)

BRIEF = Scenario("hangs up at once", (Step("hangs_up", True, {}),))  # noqa: FBT003 - as in TOML
"""What callers do when no scenario is given."""

SCENARIOS = [read_scenario(Path(path)) for path in PLAN.scenarios] or [BRIEF]
WAIT_SECONDS = 3600
APP_FAILED = "the app failed"

_report = Report()
_numbers = itertools.count()
_began = time.perf_counter()


class LoadCaller(User):
    """Somebody who calls again and again, until all calls have been placed."""

    wait_time = constant(0)

    @task
    def call(self) -> None:
        """Place one call."""
        number = next(_numbers)
        if number >= PLAN.calls:
            gevent.sleep(WAIT_SECONDS)  # until the others are done, and all are ended
            return
        scenario = SCENARIOS[number % len(SCENARIOS)]
        phone, failure = Phone(TARGET), None
        began = time.perf_counter()
        try:
            scenario.run(phone)
            phone.hang_up_all()
            _check_app(scenario, phone)
        except AssertionError as error:
            failure = error
        took = (time.perf_counter() - began) * 1000
        for held in phone.calls:
            self._count(held)
        self._fire("call", scenario.title, took, failure)
        why = "" if failure is None else f"{scenario.title}: {str(failure).splitlines()[0]}"
        _report.count_call(why)
        _show_progress()
        if _report.calls >= PLAN.calls:  # from a greenlet of its own: quitting ends all callers
            gevent.spawn(self.environment.runner.quit)

    def _count(self, call: PhoneCall) -> None:
        for moment in call.moments:
            if isinstance(moment.event, Requested):
                event = moment.event
                wrong = None if event.status else ConnectionError("no answer")
                self._fire("webhook", event.purpose, event.milliseconds, wrong)
        answered = [moment.at for moment in call.moments if isinstance(moment.event, Answered)]
        if answered:
            self._fire("to a person", "answered", answered[0] * 1000, None)

    def _fire(self, kind: str, name: str, took: float, failure: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type=kind,
            name=name,
            response_time=took,
            response_length=0,
            exception=failure,
            context={},
        )


def _check_app(scenario: Scenario, phone: Phone) -> None:
    """An app that failed is a failure, unless the scenario says how its call ends."""
    if any(step.name in {"ended", "warnings"} for step in scenario.steps):
        return
    for call in phone.calls:
        if call.ended == APP_FAILED:
            raise AssertionError(f"{call.ended}: {call.warnings[-1].message}")


def _show_progress() -> None:
    """How many calls have been placed, where somebody looks."""
    if sys.stderr.isatty() and (_report.calls % 10 == 0 or _report.calls == PLAN.calls):
        end = "\n" if _report.calls == PLAN.calls else ""
        sys.stderr.write(f"\r{_report.calls:,} of {PLAN.calls:,} calls{end}")
        sys.stderr.flush()


@events.quitting.add_listener  # type: ignore[untyped-decorator] # Locust's is not typed
def leave_report(environment: Environment, **_: object) -> None:
    """Write the report; a worker leaves that to its master."""
    if isinstance(environment.runner, WorkerRunner):
        return
    times = (_percentiles(environment, "webhook"), _percentiles(environment, "to a person"))
    _report.finish(time.perf_counter() - _began, *times)
    _report.write(Path(PLAN.report))


def _percentiles(environment: Environment, kind: str) -> Percentiles:
    """The percentiles of all entries of a kind, from Locust's own counts."""
    times: dict[float, int] = {}
    for (_, method), entry in environment.stats.entries.items():
        if method == kind:
            for took, count in entry.response_times.items():
                times[took] = times.get(took, 0) + count
    ordered = sorted(itertools.chain.from_iterable([took] * n for took, n in times.items()))
    if not ordered:
        return Percentiles()
    at = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.95, 0.99)]
    return Percentiles(len(ordered), *at)
