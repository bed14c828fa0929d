"""What whoever runs the line should know of is told: at once, then once a minute."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from line_facts import MONDAY_AT_10, SETTINGS
from test_webhooks import post

from ivr import create_app
from ivr.twilio.incidents import KINDS, MINUTE, Incidents


class Desk:
    """A clock that is set by hand, and what is to be done later."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.now = 0.0
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.incidents = Incidents(lambda: self.now, self.after)

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Note what is to be done in so many seconds."""
        self.later.append((self.now + seconds, do))

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.now += seconds
        due = [do for at, do in self.later if at <= self.now]
        self.later = [each for each in self.later if each[0] > self.now]
        for do in due:
            do()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log holds."""
    return [record.getMessage() for record in caplog.records]


def test_the_first_is_told_at_once_and_a_flood_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However many there are, nobody's log fills up, and none is left out."""
    desk = Desk()
    for _ in range(1000):
        desk.incidents.count("a refusal")
    assert lines(caplog) == ["a refusal"]
    desk.pass_time(MINUTE - 1)
    desk.incidents.count("a safe exit")
    assert len(lines(caplog)) == 1
    desk.pass_time(1)
    assert lines(caplog)[1:] == ["999 times a refusal; a safe exit"]
    desk.pass_time(MINUTE)
    assert len(lines(caplog)) == 2
    desk.incidents.count("a refusal")
    assert lines(caplog)[2:] == ["a refusal"]


def test_a_line_names_so_many_kinds(caplog: pytest.LogCaptureFixture) -> None:
    """The most frequent ones; the rest is counted together."""
    desk = Desk()
    desk.incidents.count("first")
    for kind in range(KINDS + 2):
        for _ in range(kind + 1):
            desk.incidents.count(f"kind {kind}")
    desk.pass_time(MINUTE)
    told = lines(caplog)[1].split("; ")
    assert told[0] == f"{KINDS + 2} times kind {KINDS + 1}"
    assert told[KINDS:] == ["3 of other kinds"]


def test_what_is_left_is_told_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """A process that ends within the minute says what it has counted."""
    desk = Desk()
    desk.incidents.count("one")
    desk.incidents.count("another")
    desk.incidents.tell()
    assert lines(caplog) == ["one", "another"]
    desk.pass_time(MINUTE)
    assert len(lines(caplog)) == 2


def test_threads_lose_none(caplog: pytest.LogCaptureFixture) -> None:
    """Eight at once, 500 each."""
    desk = Desk()

    def flood() -> None:
        for _ in range(500):
            desk.incidents.count("one")

    threads = [threading.Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.pass_time(MINUTE)
    told = [int(said.split(" times")[0]) if " times" in said else 1 for said in lines(caplog)]
    assert sum(told) == 8 * 500


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/voice/en/careline-toll-free/1", "busy"),
        ("/tty/en/careline-tty/1", "no-answer"),
        ("/keyed/en/careline-tty/1", "failed"),
    ],
)
def test_a_hunt_that_reached_nobody_is_told(
    path: str, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By voice, in text and by key, once for each time that no number was answered."""
    app = create_app(SETTINGS, clock=lambda: MONDAY_AT_10)
    post(path, app, DialCallStatus=status)
    assert [said.partition(":")[0] for said in lines(caplog)] == ["a hunt was exhausted"]


def test_hearing_the_numbers_again_is_no_other_hunt(caplog: pytest.LogCaptureFixture) -> None:
    """Nor is a leg of which another number follows."""
    app = create_app(SETTINGS, clock=lambda: MONDAY_AT_10)
    post("/voice/en/unreached/1", app, Digits="1")
    post("/voice/en/unreached-navigator/1", app, Digits="1")
    post("/voice/en/careline-local/1", app, DialCallStatus="busy")
    assert lines(caplog) == []
