"""How many TTY conversations one machine holds.

Run: python benchmarks/tty_streams.py [conversations]

First without sockets: two processes feed their half of the conversations a frame each
20 ms, as JSON, and count the frames that were not done 20 ms after they were due. Then
over sockets: gunicorn with two workers of threads, and one process of callers, which
shares the two cores. There a frame is late if it was done more than 20 ms later, against
its timestamp, than the quickest frame of its stream.
"""

from __future__ import annotations

import base64
import json
import os
import re
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from line_facts import TOKEN
from served import Server, gunicorn, stream_headers
from websockets.frames import Frame, Opcode

import ivr.twilio.stream_server
from ivr.call.flow import START
from ivr.call.nodes import Way
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.served_line import ServedLine
from ivr.twilio.signature import HEADER
from ivr.twilio.stream_session import Session, Told, make_first_texts
from ivr.twilio.tickets import STREAM_PATH, Talk, Tickets
from ivr.wording import SHIPPED_PROMPTS
from ttymodem.modem import modulate

CALL = "CA" + "1" * 32
ACCOUNT = "AC" + "1" * 32
FRAME = 160
FRAME_SECONDS = 0.02
SECONDS = 10
LINES = int(sys.argv[1]) if __name__ == "__main__" and len(sys.argv) > 1 else 100
FRAMES = round(SECONDS / FRAME_SECONDS)
NOTES = "TTY_STREAMS_NOTES"
"""The environment variable that names the folder in which the server counts late frames."""

ANSWER = modulate("NO GA") + b"\xff" * 8000
UPGRADE = (
    b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dHR5IGJlbmNobWFyayBrZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"X-Twilio-Signature: %s\r\n\r\n"
)
BEGINNING = 150
"""Frames (3 s) over which the callers begin."""

MARK = re.compile(rb'"mark": (\{[^}]*\})')


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
    make_first_texts(line)
    held = [Session(line, Tickets(TOKEN), lambda: datetime.now(UTC)) for _ in range(sessions)]
    for session in held:
        list(session.receive(started()))
    frames = [frame(number) for number in range(FRAMES)]
    late, began, used = 0, time.monotonic() + 0.1, time.process_time()
    for number in range(FRAMES + BEGINNING):
        for place, session in enumerate(held):
            since = number - place * BEGINNING // sessions
            if not 0 <= since < FRAMES:
                continue
            due = began + (number + place / sessions) * FRAME_SECONDS
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            return_marks(session, frames[since])
            late += time.monotonic() > due + FRAME_SECONDS
    seconds = (FRAMES + BEGINNING) * FRAME_SECONDS
    return len(frames) * sessions, late, (time.process_time() - used) / seconds


def return_marks(session: Session, text: str) -> None:
    """Give a session a message, and tell it at once that what it sends then has been played."""
    for told in session.receive(text):
        if isinstance(told, str):
            for mark in MARK.findall(told.encode()):
                return_marks(session, f'{{"event": "mark", "mark": {mark.decode()}}}')


class Timed(Session):
    """A session that counts its late frames, and writes them down when it ends."""

    def __init__(self, line: VoiceLine, tickets: Tickets, clock: Callable[[], datetime]) -> None:
        """Begin to count."""
        super().__init__(line, tickets, clock)
        self.done: list[float] = []

    def receive(self, text: object) -> Iterator[Told]:
        """Take a message. It is done when all it leads to has been sent."""
        yield from super().receive(text)
        if '"media"' in str(text):
            self.done.append(time.monotonic() - FRAME_SECONDS * len(self.done))
        if self.ended:
            delays = [each - min(self.done) for each in self.done]
            late = sum(each > FRAME_SECONDS for each in delays)
            note = f"{len(delays)} {late} {max(delays)}"
            Path(os.environ[NOTES], f"{os.getpid()}-{id(self)}").write_text(note)


def app() -> ServedLine:
    """The line that gunicorn serves, with sessions that count."""
    vars(ivr.twilio.stream_server)["Session"] = Timed
    return ServedLine()


def framed(text: str) -> bytes:
    """A message as it goes over the socket."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=True)


def call(held: list[socket.socket]) -> float:
    """Send the frames of callers whose streams have begun in time, and marks back at once.

    The share of a core that this uses.

    Callers begin one after another. Frames are made before and the same for all, so that
    they take little of the machine that the line is measured on.
    """
    messages = [framed(frame(number)) for number in range(FRAMES)]
    waiting = selectors.DefaultSelector()
    for each in held:
        waiting.register(each, selectors.EVENT_READ)
    began, used = time.monotonic(), time.process_time()
    for step in range((FRAMES + BEGINNING) * len(held)):
        number, place = divmod(step, len(held))
        due = began + (number + place / len(held)) * FRAME_SECONDS
        while (pause := due - time.monotonic()) > 0:
            for key, _ in waiting.select(pause):
                answer(key.fileobj)  # type: ignore[arg-type]
        since = number - place * BEGINNING // len(held)
        if 0 <= since < len(messages):
            held[place].sendall(messages[since])
    return (time.process_time() - used) / (time.monotonic() - began)


def answer(line: socket.socket) -> None:
    """Tell at once that what was sent has been played."""
    for mark in MARK.findall(line.recv(1 << 20)):
        line.sendall(framed(f'{{"event": "mark", "mark": {mark.decode()}}}'))


def over_sockets(lines: int) -> tuple[int, int, float, float]:
    """Frames, late frames, the latest in seconds, and the callers' share of a core."""
    with TemporaryDirectory() as folder, timed_line(Path(folder)) as server:
        callers = [opened(server.port) for _ in range(lines)]
        share = call(callers)
        counted = stopped(callers, Path(folder))
    done, late, worst = zip(*counted, strict=True)
    return int(sum(done)), int(sum(late)), max(worst), share


@contextmanager
def timed_line(folder: Path, *options: str) -> Iterator[Server]:
    """The line, served as the README does; its sessions leave their notes in the folder."""
    (folder / "notes").mkdir()
    here = str(Path(__file__).parent)
    environ = {NOTES: str(folder / "notes")}
    pythonpath = f"--pythonpath={here}"
    with gunicorn(folder, environ, None, "tty_streams:app()", pythonpath, *options) as server:
        yield server


def opened(port: int) -> socket.socket:
    """A WebSocket to the line."""
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as Twilio's arrive: in time
    signature = stream_headers()[HEADER].encode()
    line.sendall(UPGRADE % (STREAM_PATH.encode(), port, signature))
    if not line.recv(1 << 12).startswith(b"HTTP/1.1 101"):
        raise SystemExit("the line does not take streams")
    line.sendall(framed(started()))
    return line


def stopped(callers: list[socket.socket], folder: Path) -> list[tuple[float, ...]]:
    """Stop the streams: what their sessions counted, as soon as all have; a minute at most."""
    for each in callers:
        each.sendall(framed('{"event": "stop", "stop": {}}'))
    for _ in range(600):
        notes = [each.read_text().split() for each in (folder / "notes").iterdir()]
        if len(notes) == len(callers) and all(notes):
            return [tuple(map(float, note)) for note in notes]
        time.sleep(0.1)
    raise SystemExit("not every conversation came to its end within a minute")


def main() -> None:
    """Print both."""
    with ProcessPoolExecutor(2) as pool:
        halves = list(pool.map(without_sockets, [LINES // 2] * 2))
    frames, late = sum(half[0] for half in halves), sum(half[1] for half in halves)
    load = ", ".join(f"{100 * half[2]:.0f} %" for half in halves)
    print(
        f"without sockets: {LINES} conversations, {frames:,} frames, {late} late; cores at {load}"
    )
    for lines in range(LINES // 4, LINES + 1, LINES // 4):
        done, late, worst, share = over_sockets(lines)
        print(
            f"over sockets, {lines} at once: {done:,} frames, {late} late, "
            f"at most {1000 * worst:.0f} ms; the callers took {100 * share:.0f} % of a core"
        )


if __name__ == "__main__":
    main()
