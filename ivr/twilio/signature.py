"""Checks that a request was signed by Twilio with the account's auth token.

It signs the URL as it called it, and behind it the names and values of the form in order:
HMAC-SHA1, in Base64. Source: Twilio's documentation, "Validating requests".
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from urllib.parse import SplitResult, quote, urlsplit

from ivr.twilio.webhook_request import TwilioRequest

HEADER = "X-Twilio-Signature"

PORTS = {"https": 443, "http": 80}


class Signature:
    """The check, for one auth token and the URL under which Twilio reaches the app."""

    def __init__(self, auth_token: str, *base_urls: str) -> None:
        """Take each way to write that URL; none, or "": the URL of each request as it comes in."""
        self._key = auth_token.encode()
        self._base_urls = [*dict.fromkeys(url.rstrip("/") for url in base_urls if url)]

    def signs(self, request: TwilioRequest) -> bool:
        """Whether the request carries the signature of its URL and its form."""
        return self._is_of(request, self._urls(request))

    def signs_stream(self, request: TwilioRequest) -> bool:
        """Whether the handshake of a media stream carries the signature of its URL.

        Twilio asks for this check; which form of the URL it signs nobody could confirm: as
        wss or as https, with or without a slash at its end, with or without the port.
        """
        return self._is_of(request, chain.from_iterable(map(_as_stream, self._urls(request))))

    def _is_of(self, request: TwilioRequest, urls: Iterable[str]) -> bool:
        try:
            signed = request.headers.get(HEADER, "").encode()
            fields = _in_order(request.pairs)
            return any(hmac.compare_digest(signed, self._of(url + fields)) for url in urls)
        except Exception:  # noqa: BLE001 - what can't even be read is not proven to be signed
            return False

    def _urls(self, request: TwilioRequest) -> Iterator[str]:
        """The request's URL, in each form in which Twilio may have written it."""
        target = _target(request.environ)
        for base in self._base_urls or [request.root_url.rstrip("/")]:
            yield from _variants(base + target)

    def _of(self, text: str) -> bytes:
        return b2a_base64(hmac.digest(self._key, text.encode(), "sha1"), newline=False)


def _as_stream(url: str) -> Iterator[str]:
    """The URL of a WebSocket, by both of its schemes, without a slash at its end and with one."""
    path, mark, query = url.partition("?")
    for scheme in (path, f"ws{path.removeprefix('http')}"):
        for end in ("", "/"):
            yield scheme.rstrip("/") + end + mark + query


def _target(environ: Mapping[str, str]) -> str:
    """Path and query as they came over the wire, below where the app is mounted."""
    wire = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not wire:
        return _written(environ)
    target = wire if wire[0] == "/" else _origin_form(wire)
    return target.removeprefix(_escaped(environ.get("SCRIPT_NAME", "")))


def _in_order(pairs: Iterable[tuple[str, str]]) -> str:
    """The form as it is signed: sorted by name and value, each pair once."""
    return "".join(chain.from_iterable(sorted(set(pairs))))


def _variants(url: str) -> Iterator[str]:
    """The URL as it is, then with its port and without: Twilio may have signed any of them."""
    yield url
    parts = urlsplit(url)
    if parts.port is None:
        yield _at(parts, f"{parts.netloc}:{PORTS[parts.scheme]}")
    else:
        yield _at(parts, parts.netloc.rpartition(":")[0])


def _at(parts: SplitResult, netloc: str) -> str:
    return parts._replace(netloc=netloc).geturl()


def _origin_form(target: str) -> str:
    """Path and query of a target that names the host, too (RFC 9112, 3.2.2)."""
    parts = urlsplit(target)
    return parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()


def _written(environ: Mapping[str, str]) -> str:
    """Path and query where the server tells no more than WSGI asks of it (PEP 3333).

    The query is as it came; the path was read, and is escaped as a URL should be.
    """
    path = _escaped(environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _escaped(path: str) -> str:
    """A path of WSGI, whose characters are bytes, as it stands in a URL (RFC 3986)."""
    return quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=") if path else ""
