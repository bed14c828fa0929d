"""Cookies, kept over a call as Twilio keeps them, and for as long on the call's own clock."""

from __future__ import annotations

import math
import re
from email.message import Message
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from typing import cast
from urllib.request import Request as UrllibRequest

from offhook.needs import Response

LIFETIME = re.compile(r";\s*(max-age|expires)\s*=\s*\"?([^;\"]*)", re.IGNORECASE)
"""What says how long a cookie lives."""

Key = tuple[str, str, str]
"""The domain, path and name of a cookie."""


class _Answer:
    """A response in the form that the standard library's cookie jar reads."""

    def __init__(self, set_cookie: str) -> None:
        self._message = Message()
        self._message["Set-Cookie"] = set_cookie

    def info(self) -> Message:
        """The headers."""
        return self._message


class Cookies:
    """The cookie jar of one call."""

    def __init__(self) -> None:
        """Begin empty."""
        self._jar: CookieJar | None = None
        self._until: dict[Key, float] = {}

    def keep(self, url: str, response: Response, seen: float, elapsed: float) -> None:
        """Take in what a response sets, `elapsed` seconds into the call.

        `seen` is the time on the app's own clock (Unix time), in which it says when a
        cookie expires; a `Date` header says it better.
        """
        set_cookie = response.headers.get("set-cookie")
        if not set_cookie:
            return
        self._jar = CookieJar() if self._jar is None else self._jar
        date = _unix_time(response.headers.get("date", ""))
        for line in set_cookie.split("\n"):
            self._keep(url, line, seen if date is None else date, elapsed)

    def _keep(self, url: str, line: str, seen: float, elapsed: float) -> None:
        jar, request = cast("CookieJar", self._jar), UrllibRequest(url)  # noqa: S310 - not opened
        seconds = _lifetime(line, seen)
        bare = LIFETIME.sub("", line) + ("" if seconds > 0 else "; Max-Age=0")
        answer = cast("object", _Answer(bare))
        for cookie in jar.make_cookies(answer, request):  # type: ignore[arg-type]
            jar.set_cookie_if_ok(cookie, request)
            self._until[cookie.domain, cookie.path, cookie.name] = elapsed + seconds

    def header(self, url: str, elapsed: float) -> str:
        """The Cookie header for a URL, "" if there is none."""
        if self._jar is None:
            return ""
        for cookie in list(self._jar):
            key = (cookie.domain, cookie.path, cookie.name)
            if self._until[key] <= elapsed:
                self._jar.clear(*key)
        request = UrllibRequest(url)  # noqa: S310 - never opened, it only carries the URL
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie", "") or ""


def _lifetime(line: str, seen: float) -> float:
    """Seconds that a cookie lives; those that do not say so live as long as the call."""
    said = {name.lower(): value.strip() for name, value in LIFETIME.findall(line)}
    age = said.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return float(age)
    expires = _unix_time(said.get("expires", ""))
    return math.inf if expires is None else expires - seen


def _unix_time(text: str) -> float | None:
    """The Unix time of an HTTP date; None if it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
