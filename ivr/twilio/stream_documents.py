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
from ivr.tty.tickets import PARAMETER, STREAM_PATH, Overhear, Talk, Tickets
from ivr.voice.asked import OVERHEARD, Asked
from ivr.voice.twiml import append, document

EAR = "ear"
"""The name of a stream that notices, by which it is stopped."""


@dataclass(frozen=True)
class StreamDocuments:
    """Writes them; `tickets` admit the streams."""

    tickets: Tickets

    def talk(self, way: Way, position: Position, asked: Asked) -> bytes:
        """The conversation goes on in a stream, from the end of a way on.

        Whatever ends the stream but a move of the call leads behind it: there the
        caller is told, at this position, that typing can't be read.
        """
        connect = Connect()
        connect.append(self._stream(Talk(position.language, way), asked))
        response = VoiceResponse()
        append(response, self.stop(asked))
        response.append(connect)
        place = f"{position.language}/{position.node}/{position.attempt}"
        response.redirect(f"{asked.base_url}/tty/{place}/dropped", method="POST")
        return document(response)

    def overhear(self, path: str, asked: Asked) -> list[TwiML]:
        """The verbs by which one stream listens beside the document.

        Somebody who types is moved to this path.
        """
        start = Start()
        start.append(self._stream(Overhear(path), asked, name=EAR))
        stopped = self.stop(asked)
        _remember(overheard=True)
        return [*stopped, start]

    def stop(self, asked: Asked) -> Sequence[TwiML]:
        """The verb that ends the stream beside a call, if it has one."""
        if not asked.overheard:
            return ()
        _remember(overheard=False)
        stop = Stop()
        stop.stream(name=EAR)
        return (stop,)

    def stop_for(self, turn: Turn, asked: Asked) -> Sequence[TwiML]:
        """The same, if this turn puts the call through, or ends it."""
        return () if isinstance(turn.then, Listen) else self.stop(asked)

    def _stream(self, admits: Talk | Overhear, asked: Asked, **named: str) -> Stream:
        scheme, _, rest = asked.base_url.partition("://")
        url = f"{'wss' if scheme == 'https' else 'ws'}://{rest}{STREAM_PATH}"
        stream = Stream(url=url, **named)
        ticket = self.tickets.issue(admits, asked.call, asked.now)
        stream.parameter(name=PARAMETER, value=ticket)
        return stream


def _remember(*, overheard: bool) -> None:
    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(OVERHEARD, str(int(overheard)), httponly=True)
        return response
