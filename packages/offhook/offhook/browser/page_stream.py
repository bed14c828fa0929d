"""What a page follows while it is open, over one connection.

Browsers allow six connections to a host, for all of their tabs together: a page with
more than one would leave other tabs nothing to load or to act by.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from flask import Flask, Response, request

from offhook.browser.call import BrowserCall
from offhook.browser.calls import Calls

HEARTBEAT_SECONDS = 15.0
"""After which something is sent in any case: so a page that is gone is noticed."""

WAITING = 64
"""Pieces of sound that wait for a page that does not take them; older ones are lost."""


def register_streams(app: Flask, calls: Calls) -> None:
    """Put the stream of server-sent events into the app."""

    @app.get("/api/stream")
    def stream() -> Response:
        sid = request.args.get("call")
        seen = request.headers.get("Last-Event-ID", "")  # of a page that was cut off
        start = int(seen) if seen.isdecimal() else request.args.get("after", 0, int)
        page = Page(calls, calls.find(sid) if sid else None, start)
        return Response(page.events(), mimetype="text/event-stream")


class Page:
    """One page: it is told of texts and calls, and of one call all that happens and sounds."""

    def __init__(self, calls: Calls, live: BrowserCall | None, news: int) -> None:
        """Follow this call from its start, and the news from this place on."""
        self._calls = calls
        self._live = live
        self._news = news
        self._records = 0
        self._pieces = len(live.overheard.pieces) if live else 0

    def events(self) -> Iterator[str]:
        """What is new, as it comes."""
        bell = self._calls.bell
        while True:
            rung = bell.rung
            yield from self._news_since()
            if self._live is not None:
                yield from self._records_since(self._live)
                yield from self._sound_since(self._live)
            if not bell.wait(rung, HEARTBEAT_SECONDS):
                yield ":\n\n"

    def _news_since(self) -> Iterator[str]:
        for record in self._calls.news.after(self._news):
            self._news += 1
            yield f"id: {self._news}\n{_event('news', record)}"

    def _records_since(self, live: BrowserCall) -> Iterator[str]:
        for record in live.record[self._records :]:
            self._records += 1
            yield _event("call", record)

    def _sound_since(self, live: BrowserCall) -> Iterator[str]:
        pieces = live.overheard.pieces
        start = max(self._pieces, len(pieces) - WAITING)
        for self._pieces, piece in enumerate(pieces[start:], start + 1):
            yield _event("sound", base64.b64encode(piece.ulaw).decode())


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
