"""How many TTY conversations one machine holds.

Run: python benchmarks/tty_streams.py [conversations]

First without sockets: two processes feed their half of the conversations a frame each
20 ms, as JSON, and count the frames that were not done 20 ms after they were due. Then
over sockets: gunicorn with two workers of threads, and one process of callers, whose own
work is on the same two cores; what is measured is how long after a caller's last
character the line's answer is there.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import requests
from websockets.asyncio.client import connect

from ivr.call.flow import START
from ivr.call.nodes import Way
from ivr.config import load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.tty.modem import modulate
from ivr.tty.session import Session
from ivr.tty.tickets import STREAM_PATH, Talk, Tickets
from ivr.wording import SHIPPED_PROMPTS

ROOT = Path(__file__).parents[1]
TOKEN = "benchmark"  # noqa: S105 - of this run alone
CALL = "CA" + "1" * 32
ACCOUNT = "AC" + "1" * 32
FRAME = 160
FRAME_SECONDS = 0.02
SECONDS = 10
HELD = 16
"""Frames of mark behind the last character; the line answers while they come."""

LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 200
ANSWER = modulate("NO GA") + b"\xff" * 8000


def started() -> str:
    """The first message of a stream, with a ticket of now."""
    ticket = Tickets(TOKEN).issue(Talk("en", Way(START)), CALL, datetime.now(UTC))
    content = {"streamSid": "MZ", "callSid": CALL, "accountSid": ACCOUNT}
    return json.dumps(
        {"event": "start", "start": content | {"customParameters": {"ticket": ticket}}}
    )


def frame(number: int) -> str:
    """A frame of somebody who answers every three seconds, at the time of its number."""
    start = number * FRAME % len(ANSWER)
    payload = base64.b64encode(ANSWER[start : start + FRAME].ljust(FRAME, b"\xff")).decode()
    content = {"track": "inbound", "timestamp": str(20 * number), "payload": payload}
    return json.dumps({"event": "media", "media": content})


def without_sockets(sessions: int) -> tuple[int, int, float]:
    """Frames, late frames, and the share of one core that was used."""
    line = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS).tty
    assert line is not None  # noqa: S101 - tells the type
    held = [Session(line, Tickets(TOKEN), lambda: datetime.now(UTC)) for _ in range(sessions)]
    for session in held:
        list(session.receive(started()))
    frames = [frame(number) for number in range(round(SECONDS / FRAME_SECONDS))]
    late, began, used = 0, time.monotonic() + 0.1, time.process_time()
    for number, text in enumerate(frames):
        for place, session in enumerate(held):
            due = began + (number + place / sessions) * FRAME_SECONDS
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            for _ in session.receive(text):
                pass
            late += time.monotonic() > due + FRAME_SECONDS
    return len(frames) * sessions, late, (time.process_time() - used) / SECONDS


async def caller(url: str, place: int) -> float:
    """Seconds from the last character of an answer to the line's next text."""
    async with connect(url, max_size=None, compression=None) as line:
        await line.send(started())
        sound = modulate("NO GA")
        frames = [sound[start : start + FRAME] for start in range(0, len(sound), FRAME)]
        await asyncio.sleep(place / LINES * FRAME_SECONDS)
        reader = asyncio.create_task(answers(line))
        due, number = time.monotonic(), 0
        heard = 0.0
        while number < SECONDS / FRAME_SECONDS:
            at = number - 150
            ulaw = frames[at] if 0 <= at < len(frames) else b"\xff" * FRAME
            await line.send(message(ulaw, number))
            if at == len(frames) - HELD:
                heard = time.monotonic()
            number += 1
            due += FRAME_SECONDS
            await asyncio.sleep(max(due - time.monotonic(), 0))
        reader.cancel()
        after = [each for each in reader_times[line] if each > heard - 1]
        return (after[0] - heard) if after and heard else float("nan")


reader_times: dict[object, list[float]] = {}


async def answers(line: object) -> None:
    """Note when texts begin; tell at once that what was sent has been played."""
    times = reader_times.setdefault(line, [])
    async for text in line:  # type: ignore[attr-defined]
        content = json.loads(text)
        if content["event"] == "mark":
            times.append(time.monotonic())
            await line.send(json.dumps({"event": "mark", "mark": content["mark"]}))  # type: ignore[attr-defined]


def message(ulaw: bytes, number: int) -> str:
    """A frame as Twilio sends it."""
    payload = base64.b64encode(ulaw).decode()
    content = {"track": "inbound", "timestamp": str(20 * number), "payload": payload}
    return json.dumps({"event": "media", "media": content})


async def over_sockets(url: str, lines: int) -> list[float]:
    """The delays of so many callers at once."""
    return await asyncio.gather(*(caller(url, place) for place in range(lines)))


def served(lines: int) -> list[float]:
    """The delays of callers of gunicorn on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", "-w", "2", "-k", "gthread"]
    command += ["--threads", str(LINES), "-b", f"127.0.0.1:{port}", "wsgi:app"]
    environ = os.environ | {"TWILIO_AUTH_TOKEN": TOKEN}
    server = subprocess.Popen(command, cwd=ROOT, env=environ)  # noqa: S603 - our own app
    try:
        for _ in range(100):
            try:
                requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.1)
        return asyncio.run(over_sockets(f"ws://127.0.0.1:{port}{STREAM_PATH}", lines))
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    """Print both."""
    with ProcessPoolExecutor(2) as pool:
        halves = list(pool.map(without_sockets, [LINES // 2] * 2))
    frames, late = sum(half[0] for half in halves), sum(half[1] for half in halves)
    load = ", ".join(f"{100 * half[2]:.0f} %" for half in halves)
    print(
        f"without sockets: {LINES} conversations, {frames:,} frames, {late} late; cores at {load}"
    )
    for lines in (1, LINES // 4, LINES):
        delays = sorted(each for each in served(lines) if each == each)  # noqa: PLR0124 - not nan
        shown = "none answered"
        if delays:
            worst = delays[min(len(delays) - 1, round(0.99 * len(delays)))]
            shown = f"median {1000 * statistics.median(delays):.0f} ms, p99 {1000 * worst:.0f} ms"
        print(f"over sockets, {lines} at once, {len(delays)} answered: {shown} after the answer")


if __name__ == "__main__":
    main()
