"""URLs as they stand in somebody's TwiML: also those that can't be read."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urljoin, urlsplit

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
"""The names of this machine's own network."""


@lru_cache(maxsize=1024)  # most documents of a call name the same few
def resolve(base: str, url: str) -> str:
    """A URL against that of its document; one that can't be read stays as it is."""
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return url


def host(url: str) -> str:
    """Host and port, "" if there is none to be read."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def is_stream(url: str) -> bool:
    """Whether a media stream may be opened at a URL: wss://, or ws:// on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "wss" or (parts.scheme == "ws" and parts.hostname in LOOPBACK)


def path(url: str) -> str:
    """The path, / if there is none."""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return "/"
