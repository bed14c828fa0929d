"""The TTY in the browser: what is typed there, and the tones that are heard there."""

from __future__ import annotations

import base64
import json
import queue
from collections import deque
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flask import Flask, Response

from ivr.simulator.browser.asking import Unusable, body
from ivr.simulator.browser.calls import Calls, HeardCall
from ivr.simulator.live import DoesNotFit
from ivr.simulator.media import SILENCE

if TYPE_CHECKING:
    from ivr.simulator.tty.device import News
    from ivr.simulator.tty.line import TtyLine

NO_TTY = "Calls by TTY need an extra: pip install 'back-pain-line[tty]'."

EXTRAS = ("websockets", "numpy")

BATCH = 8
"""Frames that go to the page at once: 160 ms."""

WAITING = 64
"""Batches that wait for a page that does not take them; further ones are lost."""

LOOK_SECONDS = 2.0
"""After which something is sent in any case: so a page that is gone is noticed."""

LONGEST = 2000
"""Characters that may be typed, or pasted, at once: some six minutes."""


def can_type() -> bool:
    """Whether there is what a TTY needs."""
    return all(find_spec(name) is not None for name in EXTRAS)


class Tones:
    """The sound of both ends of a TTY call, in pieces; silence is left out."""

    def __init__(self, line: TtyLine) -> None:
        """Overhear this one."""
        self.pieces: queue.Queue[tuple[int, bytes]] = queue.Queue(WAITING)
        self._sent: deque[bytes] = deque(maxlen=BATCH)
        self._batch: list[bytes] = []
        self._number = 0
        self._line = line
        line.device.listen(self._take)

    def close(self) -> None:
        """Overhear it no more."""
        self._line.device.forget(self._take)

    def _take(self, news: News) -> None:
        from ivr.simulator.tty.device import YOU, Sound  # noqa: PLC0415 - an extra

        if not isinstance(news, Sound):
            return
        if news.by == YOU:
            self._sent.append(news.ulaw)
            return
        own = self._sent.popleft() if self._sent else SILENCE
        self._batch.append(news.ulaw if own == SILENCE else own)  # one speaks at a time
        if len(self._batch) == BATCH:
            self._put(b"".join(self._batch))
            self._batch.clear()

    def _put(self, piece: bytes) -> None:
        self._number += 1
        if piece != SILENCE * BATCH and not self.pieces.full():
            self.pieces.put((self._number, piece))


def register_tty(app: Flask, calls: Calls) -> None:
    """Put the TTY's routes into the app."""

    @app.post("/api/calls/<sid>/type")
    def type_(sid: str) -> tuple[str, int]:
        live = calls.find(sid)
        text = body().get("text")
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            raise Unusable(f"text of 1 to {LONGEST} characters is wanted")
        _type(_tty(live), text, over=live.over)
        return "", 204

    @app.get("/api/calls/<sid>/tones")
    def tones(sid: str) -> Response:
        live = calls.find(sid)
        heard = Tones(_tty(live))

        def stream() -> Iterator[str]:
            try:
                while not live.over:
                    yield _piece(heard)
            finally:
                heard.close()

        return Response(stream(), mimetype="text/event-stream")


def _type(line: TtyLine, text: str, *, over: bool) -> None:
    from ivr.simulator.tty.device import Untypable  # noqa: PLC0415 - an extra

    if over:
        raise DoesNotFit("the call is over")
    try:
        line.device.type(text)
    except Untypable as refusal:
        raise Unusable(str(refusal)) from refusal


def _tty(live: HeardCall) -> TtyLine:
    if live.tty is None:
        raise Unusable("this call is not by TTY")
    return live.tty


def _piece(heard: Tones) -> str:
    """The next piece as an event, or a sign of life."""
    try:
        number, sound = heard.pieces.get(timeout=LOOK_SECONDS)
    except queue.Empty:
        return ":\n\n"
    told = json.dumps({"number": number, "sound": base64.b64encode(sound).decode()})
    return f"data: {told}\n\n"
