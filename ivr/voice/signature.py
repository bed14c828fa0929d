"""Checks that a request was signed by Twilio with the account's auth token."""

from __future__ import annotations

from flask import Request
from twilio.request_validator import RequestValidator
from werkzeug.urls import iri_to_uri

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
        wire = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
        if wire is None:
            wire = iri_to_uri(request.url).removeprefix(request.host_url.rstrip("/"))
        base = self._base_url or request.root_url.rstrip("/")
        return base + str(wire).removeprefix(request.root_path)
