"""Documents that open media streams, to read a TTY or to notice one, and that stop them.

A stream that notices goes on beside all documents that follow. Once the call is put
through, or held in text, it would only move it away again, so then it is stopped; a
cookie tells which calls have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, after_this_request
from twilio.twiml import TwiML
from twilio.twiml.voice_response import Connect, Start, Stop, Stream, VoiceResponse

from ivr.call.engine import Listen, Position, Turn
from ivr.call.nodes import Way
from ivr.twilio.tickets import PARAMETER, STREAM_PATH, Detect, Talk, Tickets
from ivr.twilio.twiml import append, document
from ivr.twilio.webhook_request import DETECTING, WebhookRequest

EAR = "ear"
"""The name of a stream that notices, by which it is stopped."""


@dataclass(frozen=True)
class StreamDocuments:
    """Writes them; `tickets` admit the streams."""

    tickets: Tickets

    def talk(self, way: Way, position: Position, webhook: WebhookRequest) -> bytes:
        """The conversation goes on in a stream, from the end of a way on.

        Whatever ends the stream but a move of the call leads behind it: there the
        caller is told, at this position, that typing can't be read.
        """
        connect = Connect()
        connect.append(self._stream(Talk(position.language, way), webhook))
        response = VoiceResponse()
        append(response, self.stop(webhook))
        response.append(connect)
        place = f"{position.language}/{position.node}/{position.attempt}"
        response.redirect(f"{webhook.base_url}/tty/{place}/dropped", method="POST")
        return document(response)

    def detect(self, path: str, webhook: WebhookRequest) -> list[TwiML]:
        """The verbs by which one stream listens beside the document.

        Somebody who types is moved to this path.
        """
        start = Start()
        start.append(self._stream(Detect(path), webhook, name=EAR))
        stopped = self.stop(webhook)
        _remember(detecting=True)
        return [*stopped, start]

    def stop(self, webhook: WebhookRequest) -> Sequence[TwiML]:
        """The verb that ends the stream beside a call, if it has one."""
        if not webhook.detecting:
            return ()
        _remember(detecting=False)
        stop = Stop()
        stop.stream(name=EAR)
        return (stop,)

    def stop_for(self, turn: Turn, webhook: WebhookRequest) -> Sequence[TwiML]:
        """The same, if this turn puts the call through, or ends it."""
        return () if isinstance(turn.then, Listen) else self.stop(webhook)

    def _stream(self, admits: Talk | Detect, webhook: WebhookRequest, **named: str) -> Stream:
        scheme, _, rest = webhook.base_url.partition("://")
        url = f"{'wss' if scheme == 'https' else 'ws'}://{rest}{STREAM_PATH}"
        stream = Stream(url=url, **named)
        ticket = self.tickets.issue(admits, webhook.call, webhook.now)
        stream.parameter(name=PARAMETER, value=ticket)
        return stream


def _remember(*, detecting: bool) -> None:
    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(DETECTING, str(int(detecting)), httponly=True)
        return response
