"""Twilio's signature of a request."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """Twilio's signature of a request: base64 of the HMAC-SHA1 of URL and form.

    The form's fields are sorted by name, case-sensitive, and follow the URL as
    name and value without anything between. Source: Twilio, "Validating requests".
    """
    fields = "".join([name + value for name, value in sorted(set(form))])
    digest = hmac.digest(auth_token.encode(), (signed_url(url) + fields).encode(), "sha1")
    return base64.b64encode(digest).decode()


def signed_url(url: str) -> str:
    """The URL as it is signed: no fragment, no user, and no port on https."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https":
        host = re.sub(r":[0-9]*$", "", host)
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
