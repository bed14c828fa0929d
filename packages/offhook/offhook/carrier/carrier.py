"""The carrier: requests with the parameters, headers and signature that Twilio sends.

Source of the parameters and headers: Twilio's documentation of voice webhooks, and
captured requests for the aliases (`Caller`, `Called`) and the user agent.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from urllib.parse import urlencode, urljoin, urlsplit

from offhook.account.exchange import API_VERSION, Exchange, new_sid
from offhook.carrier.cookies import Cookies
from offhook.carrier.fault_injection import InjectedFault, InjectedFaults, send
from offhook.carrier.overrides import overrides_of
from offhook.carrier.signature import signature
from offhook.carrier.transport import Request, Transport, unanswered, wire_url
from offhook.interpreter.call import Call
from offhook.interpreter.failures import NO_CONNECTION
from offhook.needs import Fetch, Response

HEADERS = {
    "User-Agent": "TwilioProxy/1.1",
    "Accept": "text/xml, application/xml, text/html",
}

GEOGRAPHY = ("City", "State", "Zip", "Country")
EMPTY_GEOGRAPHY = {
    party + field: "" for party in ("From", "To", "Caller", "Called") for field in GEOGRAPHY
}

REDIRECT_LIMIT = 10
"""HTTP redirects that Twilio follows (error 11215)."""

SHOWN_LENGTH = 100
"""Characters of a URL that a message shows."""

KEEPS_METHOD = frozenset((307, 308))
REDIRECTS = frozenset((301, 302, 303)) | KEEPS_METHOD


def identity(exchange: Exchange, caller: str, called: str, direction: str) -> dict[str, str]:
    """The parameters that every request of one call carries."""
    return EMPTY_GEOGRAPHY | {
        "CallSid": new_sid("CA"),
        "AccountSid": exchange.account_sid,
        "ApiVersion": API_VERSION,
        "Direction": direction,
        "CallStatus": "ringing" if direction == "inbound" else "in-progress",
        "From": caller,
        "To": called,
        "Caller": caller,
        "Called": called,
    }


def requested(url: str) -> str:
    """The URL as it goes over the wire. Raises ValueError, with a text to be shown."""
    try:
        web = urlsplit(url).scheme in {"http", "https"}
        wire = wire_url(url) if web else ""
    except ValueError as error:
        raise ValueError(f"{error}: {url[:SHOWN_LENGTH]}") from error
    if not wire:
        raise ValueError(f"the URL is neither http nor https: {url[:SHOWN_LENGTH]}")
    return wire


def _location(response: Response) -> str:
    """Where a response redirects to; servers that do not escape it send UTF-8."""
    location = response.headers.get("location", "")
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def _within(request: Request, seconds: float) -> Request:
    """The request with no more than so many seconds in all."""
    return replace(request, overrides=replace(request.overrides, total=seconds))


class Carrier:
    """Carries out the requests of one call: its cookies, its faults, its tries."""

    def __init__(
        self,
        transport: Transport,
        auth_token: str,
        *,
        faults: InjectedFaults | None = None,
        dated: bool = False,
    ) -> None:
        """Sign with the account's auth token.

        If `dated`, an app in this process is shown the call's own time.
        """
        self._transport = transport
        self._auth_token = auth_token
        self._faults = faults or InjectedFaults()
        self._dated = dated
        self._cookies = Cookies()
        self._media: dict[str, Response] = {}

    def perform(self, need: Fetch, call: Call) -> Response:
        """Sign a request and carry it out, redirects and further tries included."""
        if need.purpose == "media":
            return self._fetch_media(need, call)
        began = time.perf_counter()
        url, form = need.url, need.form
        if need.method == "GET":  # the parameters go into the URL, which alone is signed
            base, _, fragment = url.partition("#")
            query, form = urlencode(form), {}
            url = f"{base}{'&' if '?' in base else '?'}{query}#{fragment}"
        try:
            limits, url = overrides_of(url), requested(url)
        except ValueError as error:
            return unanswered(11200, str(error))
        now = call.now if self._dated else None
        deadline = time.monotonic() + limits.total
        request = Request(need.method, url, self._headers(), form, limits, now, deadline)
        response = self._try(request, call, self._faults.next_webhook())
        if response.content_type.startswith("audio/"):  # it is played next, and here already
            self._media[response.url] = response
        return replace(response, milliseconds=(time.perf_counter() - began) * 1000)

    def _headers(self) -> dict[str, str]:
        return HEADERS | {"I-Twilio-Idempotency-Token": os.urandom(16).hex()}

    def _try(self, request: Request, call: Call, fault: InjectedFault | None) -> Response:
        """Try until there is an answer or no more tries; the token tells that it is a retry."""
        limits = request.overrides
        spent, attempt = 0.0, 0
        while True:
            response = self._follow(_within(request, limits.total - spent), call, fault)
            spent += response.seconds
            attempt += 1
            connected = response.error != NO_CONNECTION
            again = limits.retries_after(response.status, connected=connected)
            over = spent >= limits.total or time.monotonic() >= request.deadline
            if not again or attempt > limits.retries or over:
                return replace(response, seconds=spent, attempts=attempt)

    def _follow(
        self, request: Request, call: Call, fault: InjectedFault | None, *, signed: bool = True
    ) -> Response:
        """Send a request, and follow redirects as a browser does."""
        seconds, total = 0.0, request.overrides.total
        for _ in range(REDIRECT_LIMIT + 1):
            complete = self._signed(request, call) if signed else request
            response = send(self._transport, complete, fault)
            seen = request.now.timestamp() if request.now else time.time()
            self._cookies.keep(request.url, response, seen, call.elapsed)
            seconds += response.seconds
            location = _location(response)
            if response.status not in REDIRECTS or not location:
                return replace(response, seconds=seconds, url=request.url)
            if seconds >= total:
                return replace(unanswered(11200, "the redirects took too long"), seconds=seconds)
            method = request.method if response.status in KEEPS_METHOD else "GET"
            form = request.form if response.status in KEEPS_METHOD else {}
            try:
                target = requested(urljoin(request.url, location))
            except ValueError as error:
                return replace(unanswered(11200, f"redirected: {error}"), seconds=seconds)
            request = replace(request, url=target, method=method, form=form)
            request = _within(request, total - seconds)
        return replace(
            unanswered(11215, f"more than {REDIRECT_LIMIT} HTTP redirects"), seconds=seconds
        )

    def _signed(self, request: Request, call: Call) -> Request:
        headers = dict(request.headers)
        headers["X-Twilio-Signature"] = signature(
            self._auth_token, request.url, request.form.items()
        )
        cookie = self._cookies.header(request.url, call.elapsed)
        if cookie:
            headers["Cookie"] = cookie
        return replace(request, headers=headers)

    def recording(self, url: str) -> Response | None:
        """A recording of this call that was fetched, if it was."""
        return self._media.get(url)

    def _fetch_media(self, need: Fetch, call: Call) -> Response:
        """A recording: fetched once, without the call's parameters."""
        if need.url not in self._media:
            try:
                url = requested(need.url)
            except ValueError as error:
                return unanswered(11200, str(error))
            now = call.now if self._dated else None
            request = Request("GET", url, HEADERS, {}, now=now)
            self._media[need.url] = self._follow(request, call, None, signed=False)
        return self._media[need.url]
