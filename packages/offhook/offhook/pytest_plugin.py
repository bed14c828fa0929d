"""The pytest plugin: a `phone` fixture, and scenario files collected as tests.

The app under test is named in pytest's ini file or on the command line:

    [tool.pytest.ini_options]
    phone_app = "wsgi:app"
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from offhook.callers.phone import Phone
from offhook.callers.scenario import Scenario, ScenarioError, read_scenario
from offhook.callers.target import Target, TargetError, target

SETTINGS = {
    "phone_app": "the app to call: module:app, with an optional /path, or a URL",
    "phone_auth_token": "signs the webhooks; by default TWILIO_AUTH_TOKEN",
    "phone_status_url": "called at the end of a call; relative to the voice URL",
    "phone_fallback_url": "called when the app fails; relative to the voice URL",
    "phone_base_url": "the URL under which an app in this process believes to be called",
}

TARGET = pytest.StashKey[Target]()
PHONE = pytest.StashKey[Phone]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each setting is an ini setting and an option."""
    group = parser.getgroup("phone", "a local Twilio")
    for name, what in SETTINGS.items():
        parser.addini(name, what, default="")
        group.addoption(f"--{name.replace('_', '-')}", dest=name, default=None, help=what)


def phone_target(config: pytest.Config) -> Target:
    """The app under test, loaded once."""
    if TARGET not in config.stash:
        settings = {name: config.getoption(name) or config.getini(name) for name in SETTINGS}
        app = settings.pop("phone_app")
        if not app:
            raise pytest.UsageError('name the app to call: phone_app = "wsgi:app", or --phone-app')
        renamed = {name.removeprefix("phone_"): value for name, value in settings.items()}
        try:
            config.stash[TARGET] = target(app, **renamed)
        except TargetError as error:
            raise pytest.UsageError(f"phone_app: {error}") from error
    return config.stash[TARGET]


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Iterator[Phone]:
    """A phone that calls the app under test; calls that go on are hung up at the end."""
    phone = Phone(phone_target(request.config))
    request.node.stash[PHONE] = phone
    yield phone
    phone.hang_up_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows the transcript of the test's calls."""
    report = yield
    if call.when == "call" and report.failed and PHONE in item.stash:
        transcript = item.stash[PHONE].transcript()
        shown = transcript.partition("\n")[0] in report.longreprtext
        if transcript and not shown:
            report.sections.append(("phone", transcript))
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """TOML files in a folder named `scenarios` are calls."""
    if file_path.suffix == ".toml" and file_path.parent.name == "scenarios":
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A file with one scenario."""

    def collect(self) -> Iterator[pytest.Item]:
        """The scenario as a test."""
        try:
            scenario = read_scenario(self.path)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from error
        yield ScenarioItem.from_parent(self, name=self.path.stem, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One call, placed as its scenario says."""

    def __init__(self, *, scenario: Scenario, **more: object) -> None:
        """Take the scenario."""
        super().__init__(**more)  # type: ignore[arg-type]
        self._scenario = scenario

    def runtest(self) -> None:
        """Place the call."""
        phone = Phone(phone_target(self.config))
        self._scenario.run(phone)
        phone.hang_up_all()

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: object = None,  # noqa: ARG002 - pytest's signature
    ) -> str:
        """The step, what was wrong, and the transcript; no traceback of the simulator."""
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """The file, and the scenario's title."""
        return self.path, None, self._scenario.title
