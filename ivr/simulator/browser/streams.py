"""What the page follows while it is open: a call's events, and what happens beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Flask, Response, request

from ivr.simulator.browser.calls import Calls
from ivr.simulator.live import Record

HEARTBEAT_SECONDS = 15.0
"""After which something is sent in any case: so a page that is gone is noticed."""


def register_streams(app: Flask, calls: Calls) -> None:
    """Put both streams of server-sent events into the app."""

    @app.get("/api/calls/<sid>/events")
    def events(sid: str) -> Response:
        live = calls.find(sid)

        def stream() -> Iterator[str]:
            for record in live.follow():
                yield _event(record)

        return Response(stream(), mimetype="text/event-stream")

    @app.get("/api/news")
    def news() -> Response:
        seen = request.headers.get("Last-Event-ID", "")  # of a page that was cut off
        start = int(seen) if seen.isdecimal() else request.args.get("after", 0, int)

        def stream() -> Iterator[str]:
            place = start
            while True:
                for record in calls.news.after(place, HEARTBEAT_SECONDS):
                    place += 1
                    yield f"id: {place}\n{_event(record)}"
                yield ":\n\n"

        return Response(stream(), mimetype="text/event-stream")


def _event(record: Record) -> str:
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"
