"""What strangers can do to callers, and how much a worker holds: gunicorn and nginx, both real.

Run: python benchmarks/serving.py [--quick]

1. Webhooks beside 400 sockets that send half a form or half a header.
2. Callers on a TTY beside 60 silent and 4 flooding strangers at the streams' door.
3. One worker with as many streams as it holds, and 50 webhooks a second.
4. Webhooks beside 60 clients that fetch sounds.
5. 1,000 calls while workers are killed.

What is compared runs in turns. Strangers and callers share the machine's cores with the line;
strangers run at the lowest priority, since their own work is not the line's to bear.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from tty_streams import UPGRADE, call, framed, opened, stopped, timed_line

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from served import (
    FLAG,
    Server,
    calls_while_workers_die,
    half_requests,
    line_behind_nginx,
    nginx,
    post,
)

from ivr.twilio.room import STREAMS
from ivr.twilio.tickets import STREAM_PATH

SOUNDS = [f"/baudot/en/fever.{each}.wav" for each in ("ask", "again", "last")]
CALLERS = 20
RATE = 50
"""Webhooks a second, those of 500 calls that have one every ten seconds."""

Times = list[float]


def webhooks(server: Server, count: int) -> Times:
    """The seconds that each of so many webhooks took, one after the other."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        post(server, FLAG, Digits="2").raise_for_status()
        taken.append(time.perf_counter() - began)
    return taken


def told(times: Times) -> str:
    """Median and worst of some times."""
    return f"median {1000 * statistics.median(times):.1f}, worst {1000 * max(times):.1f} ms"


@contextmanager
def nobody(_: Server) -> Iterator[None]:
    """No strangers."""
    yield


@contextmanager
def beside(server: Server, deeds: Sequence[Callable[[int, Event], None]]) -> Iterator[None]:
    """Strangers, each a process at the lowest priority."""
    context = multiprocessing.get_context("spawn")
    over = context.Event()
    processes = [context.Process(target=deed, args=(server.port, over)) for deed in deeds]
    for each in processes:
        each.start()
    time.sleep(2)  # until they have begun
    try:
        yield
    finally:
        over.set()
        for each in processes:
            each.join()


def shaken(port: int) -> socket.socket:
    """A WebSocket that nobody has signed."""
    stranger = socket.create_connection(("127.0.0.1", port), timeout=5)
    stranger.sendall(UPGRADE % (STREAM_PATH.encode(), port, b"none"))
    return stranger


def be_silent(port: int, over: Event) -> None:
    """60 streams that are opened again as soon as they are closed, and say nothing."""
    os.nice(19)

    def hold() -> None:
        while not over.is_set():
            with suppress(OSError), shaken(port) as stranger:
                while stranger.recv(4096) and not over.is_set():
                    pass
            over.wait(0.05)

    threads = [threading.Thread(target=hold) for _ in range(60)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def flood(port: int, over: Event) -> None:
    """A stream of what nobody can read, opened again as soon as it is closed."""
    os.nice(19)
    noise = framed("x" * 1000) * 20
    while not over.is_set():
        with suppress(OSError), shaken(port) as stranger:
            while not over.is_set():
                stranger.sendall(noise)


def fetch_sounds(port: int, over: Event) -> None:
    """60 clients that fetch sounds for a TTY, again and again."""
    os.nice(19)

    def fetch(number: int) -> None:
        session = requests.Session()
        while not over.is_set():
            with suppress(requests.RequestException):
                session.get(f"http://127.0.0.1:{port}{SOUNDS[number % 3]}", timeout=20)

    threads = [threading.Thread(target=fetch, args=(number,)) for number in range(60)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def call_webhooks(port: int, seconds: float, results: object) -> None:
    """So many webhooks a second, each when it is due."""
    server = Server(None, port, Path())  # type: ignore[arg-type]
    taken, began, number = [], time.monotonic(), 0
    while (due := number / RATE) < seconds:
        pause = began + due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        taken += webhooks(server, 1)
        number += 1
    results.put(taken)  # type: ignore[attr-defined]


def compare_webhooks(
    name: str, strangers: Callable[[Server], AbstractContextManager[None]], rounds: int
) -> None:
    """Webhooks alone and beside strangers, in turns."""
    alone: Times = []
    among: Times = []
    with TemporaryDirectory() as folder, line_behind_nginx(Path(folder)) as (_, proxy):
        webhooks(proxy, 20)
        for _ in range(rounds):
            for times, make in ((alone, nobody), (among, strangers)):
                with make(proxy):
                    times.extend(webhooks(proxy, 40))
    delay = statistics.median(among) - statistics.median(alone)
    worst = max(among) - statistics.median(alone)
    print(f"{name}: webhooks alone {told(alone)}; beside them {told(among)}")
    print(f"  later by {1000 * delay:.1f} ms in the median, {1000 * worst:.1f} ms at most")


def compare_streams(rounds: int) -> None:
    """Callers on a TTY alone and beside strangers, in turns."""
    alone: list[tuple[int, float]] = []
    among: list[tuple[int, float]] = []
    for _ in range(rounds):
        for kept, deeds in ((alone, []), (among, [be_silent, *[flood] * 4])):
            with ExitStack() as served:
                folder = Path(served.enter_context(TemporaryDirectory()))
                line = served.enter_context(timed_line(folder))
                proxy = served.enter_context(nginx(folder, line.port))
                served.enter_context(beside(proxy, deeds))
                callers = [opened(proxy.port) for _ in range(CALLERS)]
                call(callers)
                counted = stopped(callers, folder)
            _, late, worst = zip(*counted, strict=True)
            kept.append((int(sum(late)), max(worst)))
    print(
        f"60 silent and 4 flooding strangers: all of {CALLERS} callers admitted; of 10,000 frames"
    )
    for name, kept in (("alone", alone), ("beside them", among)):
        late, worst = zip(*kept, strict=True)
        print(
            f"  {name}: {statistics.median(late):.0f} were over 20 ms late (rounds {min(late)} to "
            f"{max(late)}), the latest {1000 * statistics.median(worst):.0f} ms"
        )


def seconds_used(pid: int) -> float:
    """The processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def full_worker() -> tuple[int, float, float, Times]:
    """Late frames, the latest, the worker's share of a core, and the webhooks' seconds."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    with ExitStack() as served:
        folder = Path(served.enter_context(TemporaryDirectory()))
        line = served.enter_context(timed_line(folder, "--workers=1"))
        proxy = served.enter_context(nginx(folder, line.port))
        callers = [opened(proxy.port) for _ in range(STREAMS)]
        asking = context.Process(target=call_webhooks, args=(proxy.port, 10.0, results))
        asking.start()
        used, began = seconds_used(line.workers()[0]), time.monotonic()
        call(callers)
        share = (seconds_used(line.workers()[0]) - used) / (time.monotonic() - began)
        taken = results.get()
        asking.join()
        counted = stopped(callers, folder)
    _, late, worst = zip(*counted, strict=True)
    return int(sum(late)), max(worst), share, taken


def fill_a_worker(rounds: int) -> None:
    """As many streams as one worker holds, and webhooks beside."""
    late, worst, share, taken = zip(*[full_worker() for _ in range(rounds)], strict=True)
    print(
        f"one worker, {STREAMS} streams and {RATE} webhooks a second: "
        f"{statistics.median(late):.0f} of {STREAMS * 500:,} frames were over 20 ms late "
        f"(rounds {min(late)} to {max(late)}), the latest {1000 * statistics.median(worst):.0f} "
        f"ms; webhooks {told([each for times in taken for each in times])}; the worker took "
        f"{100 * statistics.median(share):.0f} % of a core"
    )


def kill_workers(calls: int) -> None:
    """Calls while workers die."""
    each_url = {"IVR_PUBLIC_URL": ""}
    with TemporaryDirectory() as folder, line_behind_nginx(Path(folder), each_url) as both:
        reached = calls_while_workers_die(*both, calls)
        killed = both[0].log().count("was sent SIGKILL")
    print(f"{len(reached):,} calls, {killed} workers killed: {reached.count(False)} callers lost")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round, and 100 calls")
    quick = parser.parse_args().quick
    rounds = 1 if quick else 5
    compare_webhooks("400 sockets that send half a request", half_requests, rounds)
    compare_streams(1 if quick else 5)
    fill_a_worker(1 if quick else 3)
    compare_webhooks(
        "60 clients that fetch sounds", lambda proxy: beside(proxy, [fetch_sounds]), rounds
    )
    kill_workers(100 if quick else 1000)


if __name__ == "__main__":
    main()
