"""Requests as a server hands them to its app: the target byte by byte, as it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from line_facts import BASE, TOKEN
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from ivr.twilio.signature import HEADER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

TELLS = ("RAW_URI", "REQUEST_URI")
"""Where a server says how the target came: gunicorn the first, others the second, some none."""

Fields = Mapping[str, str] | Iterable[tuple[str, str]]


def ask(  # noqa: PLR0913 - a request has many parts
    app: WSGIApplication,
    target: str,
    fields: Fields = (),
    *,
    method: str = "POST",
    signed: str | None = None,
    token: str = TOKEN,
    tells: Iterable[str] = TELLS,
) -> TestResponse:
    """Ask for a target (path and query), with a signature of the URL `signed`.

    That is by default the line's public URL with this target.
    """
    form = MultiDict[str, str](fields)
    url = f"{BASE}{target}" if signed is None else signed
    headers = {HEADER: RequestValidator(token).compute_signature(url, form)}
    data = form if method not in {"GET", "HEAD"} else None
    environ = create_environ("/", method=method, data=data, headers=headers)
    path, _, query = target.partition("?")
    told = dict.fromkeys(tells, target)
    environ = {key: value for key, value in environ.items() if key not in TELLS} | told
    environ |= {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
    body, status, sent = run_wsgi_app(app, environ, buffered=True)
    return TestResponse(body, status, sent, request=None)  # type: ignore[arg-type]
