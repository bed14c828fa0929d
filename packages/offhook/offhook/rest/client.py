"""An HTTP client for twilio's own REST client, so that it talks to a local Twilio.

from twilio.rest import Client
client = Client(account_sid, auth_token, http_client=LocalHttpClient(url))
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.http import HttpClient
from twilio.http.response import Response

from offhook.rest.api import RestApi

TIMEOUT_SECONDS = 15.0


class LocalHttpClient(HttpClient):  # type: ignore[misc] # twilio has no type information
    """Sends what would go to Twilio's API to a local one: in process, or under a URL."""

    def __init__(self, api: RestApi | str) -> None:
        """Take the API itself, or the URL of a phone that runs (`http://localhost:8765`)."""
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._api = api

    def request(  # noqa: PLR0913, PLR0917 - the signature is twilio's
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - the same
    ) -> Any:  # noqa: ANN401 - twilio's Response
        """Carry out one request of twilio's client."""
        del allow_redirects
        path = urlsplit(uri).path
        given = {**(params or {}), **(data or {})}
        form = {name: _text(value) for name, value in given.items() if value is not None}
        if isinstance(self._api, RestApi):
            user, password = auth or ("", "")
            header = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
            status, body = self._api.handle(method, path, header, form)
            return Response(status, json.dumps(body))
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands before this machine
            answer = session.request(
                method,
                self._api.rstrip("/") + path,
                params=form if method == "GET" else None,
                data=None if method == "GET" else form,
                headers=dict(headers or {}),
                auth=auth,
                timeout=timeout or TIMEOUT_SECONDS,
            )
        return Response(answer.status_code, answer.text)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
