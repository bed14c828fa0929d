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
        """The URL as Twilio called it, percent-encoded as on the wire."""
        url = request.url
        if self._base_url:
            url = f"{self._base_url}/{url.removeprefix(request.root_url)}"
        return iri_to_uri(url)
