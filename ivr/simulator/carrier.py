"""The carrier: requests with the parameters, headers and signature that Twilio sends.

Source of the parameters and headers: Twilio's documentation of voice webhooks, and
captured requests for the aliases (`Caller`, `Called`) and the user agent.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

from werkzeug.test import Client

from ivr.simulator.call import Call, Line
from ivr.simulator.events import Fetch, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADERS = {
    "User-Agent": "TwilioProxy/1.1",
    "Accept": "text/xml, application/xml, text/html",
}

GEOGRAPHY = ("City", "State", "Zip", "Country")


class Transport(Protocol):
    """What carries a request to an app."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str]
    ) -> Response:
        """Carry out one request; status 0 if nothing came back."""


class WsgiTransport:
    """Calls a WSGI app in this process. Cookies are kept, as Twilio keeps them."""

    def __init__(self, app: WSGIApplication) -> None:
        """Call this app, whatever host a URL names."""
        self._client = Client(app)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str]
    ) -> Response:
        """Carry out one request. An exception that the app lets out is a 500, as on a server."""
        parts = urlsplit(url)
        try:
            answer = self._client.open(
                path=urlunsplit(("", "", parts.path, parts.query, "")),
                base_url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
                method=method,
                headers=dict(headers),
                data=form or None,
            )
        except Exception as error:  # noqa: BLE001 - the app's exceptions are its own, any may come
            return Response(500, "text/plain", type(error).__name__.encode())
        return Response(answer.status_code, answer.content_type or "", answer.data)


class Carrier:
    """Places calls on a line, and carries out the requests they need."""

    def __init__(self, transport: Transport, auth_token: str) -> None:
        """Sign with the account's auth token."""
        self._transport = transport
        self._auth_token = auth_token
        self._account_sid = sid("AC")

    def call(self, line: Line, caller: str, called: str) -> Call:
        """A new call from one number to another."""
        return Call(line, self.identity(caller, called), sids("CA"))

    def identity(self, caller: str, called: str) -> dict[str, str]:
        """The parameters that every request of one call carries."""
        empty = {
            party + field: "" for party in ("From", "To", "Caller", "Called") for field in GEOGRAPHY
        }
        return empty | {
            "CallSid": sid("CA"),
            "AccountSid": self._account_sid,
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
            "From": caller,
            "To": called,
            "Caller": caller,
            "Called": called,
        }

    def send(self, need: Fetch) -> Response:
        """Sign a request and carry it out."""
        url, form = need.url, need.form
        if need.method == "GET":  # the parameters go into the URL, which alone is signed
            url, form = f"{url}{'&' if '?' in url else '?'}{urlencode(form)}", {}
        headers = HEADERS | {
            "X-Twilio-Signature": signature(self._auth_token, url, form.items()),
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
        }
        return self._transport.send(need.method, url, headers, form)


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """Twilio's signature of a request: base64 of the HMAC-SHA1 of URL and form.

    The form's fields are sorted by name, case-sensitive, and follow the URL as
    name and value without anything between. Source: Twilio, "Validating requests".
    """
    fields = "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.digest(auth_token.encode(), (signed_url(url) + fields).encode(), "sha1")
    return base64.b64encode(digest).decode()


def signed_url(url: str) -> str:
    """The URL as it is signed: no fragment, no user, and no port on https."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https":
        host = host.removesuffix(f":{parts.port}")
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sid(kind: str) -> str:
    """A new identifier as Twilio forms them: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


def sids(kind: str) -> Iterator[str]:
    """New identifiers without end."""
    while True:
        yield sid(kind)
