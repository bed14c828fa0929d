"""The app that is called: a URL, or a WSGI app in this process."""

from __future__ import annotations

import importlib
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from offhook.account.exchange import Line
from offhook.carrier.transport import HttpTransport, Transport, WsgiTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

VOICE_PATH = "/voice"
"""The webhook of a WSGI app whose target names no path."""

LOOPBACK_URL = "http://localhost"


class TargetError(Exception):
    """A target that can't be called; the text says what to write instead."""


@dataclass(frozen=True)
class Target:
    """What is called: its webhooks, how requests get there, and how they are signed.

    `dated` apps run in this process and are shown the call's own time. `refresh` is asked
    before each call: it takes up what was edited, or says why that can't be used, else "".
    """

    name: str
    line: Line
    transport: Transport
    auth_token: str = field(repr=False)
    dated: bool = False
    refresh: Callable[[], str] = lambda: ""


def target(
    name: str,
    *,
    auth_token: str = "",
    status_url: str = "",
    fallback_url: str = "",
    base_url: str = "",
) -> Target:
    """A target from what a user writes: a URL, or `module:app` with an optional `/path`.

    Status and fallback URLs may be relative to the voice URL. Without an auth token,
    TWILIO_AUTH_TOKEN is taken, else a random one (which no app will accept that checks
    signatures). Raises TargetError.
    """
    token = auth_token or os.environ.get("TWILIO_AUTH_TOKEN", "") or secrets.token_hex(16)
    if "://" in name:
        voice_url, transport = _voice_url(name), cast("Transport", HttpTransport())
        dated = False
    else:
        module, _, path = name.partition("/")
        base = base_url.rstrip("/") or LOOPBACK_URL
        voice_url = f"{base}/{path}" if path else base + VOICE_PATH
        transport, dated = WsgiTransport(wsgi_app(module), base), True
    line = Line(
        voice_url,
        urljoin(voice_url, status_url) if status_url else None,
        urljoin(voice_url, fallback_url) if fallback_url else None,
    )
    return Target(name, line, transport, token, dated)


def _voice_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise TargetError(f"{text!r} is no URL to call; write http://localhost:5000/voice")
    return text if parts.path else parts._replace(path="/").geturl()


def wsgi_app(spec: str) -> WSGIApplication:
    """The WSGI app that `module:attribute` (or `module:factory()`) names. Raises TargetError."""
    module_name, _, attribute = spec.partition(":")
    if not module_name or not attribute:
        how = "write a URL such as http://localhost:5000/voice, or module:app such as wsgi:app"
        raise TargetError(f"{spec!r} names no app; {how}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except (ImportError, SyntaxError) as error:
        raise TargetError(f"{module_name!r} can't be imported: {error}") from error
    except SystemExit as error:
        raise TargetError(f"{module_name!r} stopped while it was imported: {error}") from error
    found: object = getattr(module, attribute.removesuffix("()"), None)
    if attribute.endswith("()") and callable(found):
        found = found()
    if not callable(found):
        raise TargetError(f"{module_name!r} has no app named {attribute!r}")
    return cast("WSGIApplication", found)
