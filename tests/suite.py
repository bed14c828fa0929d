"""What all tests are held to, those of each house: a pytest plugin."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

os.environ["TWILIO_AUTH_TOKEN"] = "12345"  # the apps of the tests read it

hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.load_profile("suite")  # a deadline would measure the machine
SEARCHES = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
hypothesis.settings.register_profile("mutants", deadline=None, database=None, phases=SEARCHES)

SLOW = frozenset(("socket.bind", "socket.connect", "subprocess.Popen", "os.posix_spawn"))
"""What a test may do only if it is marked as slow, in the names of Python's audit events."""

GARBAGE = 20_000
"""Objects that come before garbage is searched for: with the 700 of Python it takes a twentieth
of the time."""

running: list[pytest.Item] = []
"""The test that runs now, if it is not marked as slow."""


def _watch(event: str, _: object) -> None:
    if event in SLOW and running:
        raise AssertionError(f"{event} in a test that is not marked as slow: pytest.mark.slow")


sys.addaudithook(_watch)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, so that no process waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Search for garbage less often, and never among the tests, which stay to the end."""
    gc.freeze()
    gc.set_threshold(GARBAGE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Hold a test that is not marked as slow to it."""
    if item.get_closest_marker("slow") is None:
        running.append(item)
    try:
        return (yield)
    finally:
        running.clear()
