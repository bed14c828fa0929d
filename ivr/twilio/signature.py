"""Checks that a request was signed by Twilio with the account's auth token."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import Request
from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"


class Signature:
    """The check, for one auth token and the URL under which Twilio reaches the app."""

    def __init__(self, auth_token: str, base_url: str) -> None:
        """Take the URL of each request as it comes in where `base_url` is empty."""
        self._validator = RequestValidator(auth_token)
        self._base_url = base_url

    def signs(self, request: Request) -> bool:
        """Whether the request carries the signature of its URL and its form."""
        signature = request.headers.get(HEADER, "")
        try:
            genuine = self._validator.validate(self._url(request), request.form, signature)
        except Exception:  # noqa: BLE001 - what can't even be read is not proven to be signed
            return False
        return bool(genuine)

    def _url(self, request: Request) -> str:
        """The URL as Twilio called it: path and query as they came over the wire."""
        environ = request.environ
        base = self._base_url or request.root_url.rstrip("/")
        wire = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if wire:
            return base + str(wire).removeprefix(_escaped(environ.get("SCRIPT_NAME", "")))
        return base + _written(environ)


def _written(environ: Mapping[str, str]) -> str:
    """Path and query where the server tells no more than WSGI asks of it (PEP 3333).

    The query is as it came; the path was read, and is escaped as a URL should be.
    """
    path = _escaped(environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _escaped(path: str) -> str:
    """A path of WSGI, whose characters are bytes, as it stands in a URL (RFC 3986)."""
    return quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=")
