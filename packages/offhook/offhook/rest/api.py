"""Twilio's REST API, as far as calls and texts need it, sans-I/O.

`RestApi.handle` takes a method, a path, the Authorization header and a form, and gives
a status and a JSON object: in process for twilio's own client (`rest_client`), and
over HTTP beside the browser phone. Source: Twilio's Call and Message resources.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import urlsplit

from offhook.account.exchange import API_VERSION, E164, Exchange, Line, Text
from offhook.interpreter.document import Refused, parse
from offhook.needs import Moved

Json = dict[str, object]

ADDRESS = re.compile(r"\+[1-9][0-9]{7,14}|client:\S+|sips?:\S+")
PATH = re.compile(
    rf"/{API_VERSION}/Accounts/(?P<account>[^/]+)/(?P<kind>Calls|Messages)"
    r"(?:/(?P<sid>[^/]+))?\.json"
)

LONGEST_TEXT = 1600
"""Characters of a text. Source: Twilio's error 21617."""

MORE = "https://www.twilio.com/docs/errors/{}"


@dataclass(frozen=True)
class Order:
    """A call that the REST API is to place: whom it rings, and what it then runs."""

    caller: str
    called: str
    line: Line
    twiml: str = ""


class Switchboard(Protocol):
    """Who places the calls that the REST API orders."""

    def order(self, order: Order) -> str:
        """Place a call; its CallSid."""


class ApiError(Exception):
    """A request that is refused: HTTP status, Twilio's code, and a message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """Name what is wrong."""
        self.status = status
        self.code = code
        super().__init__(message)

    @property
    def body(self) -> Json:
        """The answer, in the form that Twilio's clients read."""
        about = {"code": self.code, "message": str(self), "status": self.status}
        return about | {"more_info": MORE.format(self.code)}


class RestApi:
    """The API of one account."""

    def __init__(self, exchange: Exchange, switchboard: Switchboard) -> None:
        """Work on this account; calls are placed by the switchboard."""
        self._exchange = exchange
        self._switchboard = switchboard

    def handle(
        self, method: str, path: str, authorization: str, form: Mapping[str, str]
    ) -> tuple[int, Json]:
        """Answer one request."""
        try:
            self._check(authorization)
            return self._route(method, path, form)
        except ApiError as error:
            return error.status, error.body

    def _route(self, method: str, path: str, form: Mapping[str, str]) -> tuple[int, Json]:
        found = PATH.fullmatch(path)
        if found is None or found["account"] != self._exchange.account_sid:
            raise ApiError(404, 20404, f"The requested resource {path} was not found")
        kind, sid = found["kind"], found["sid"]
        if sid is None:
            of_all = {
                ("POST", "Calls"): self._create_call,
                ("GET", "Calls"): self._list_calls,
                ("POST", "Messages"): self._create_message,
                ("GET", "Messages"): self._list_messages,
            }
            if (method, kind) in of_all:
                return of_all[method, kind](form)
        else:
            of_one = {
                ("GET", "Calls"): self._fetch_call,
                ("POST", "Calls"): self._update_call,
                ("GET", "Messages"): self._fetch_message,
            }
            if (method, kind) in of_one:
                return of_one[method, kind](form, sid)
        raise ApiError(405, 20004, "Method not allowed")

    def _check(self, authorization: str) -> None:
        """Basic auth: the account's sid and its auth token."""
        wanted = f"{self._exchange.account_sid}:{self._exchange.auth_token}"
        header = "Basic " + base64.b64encode(wanted.encode()).decode()
        if not hmac.compare_digest(header.encode(), authorization.encode()):
            raise ApiError(401, 20003, "Authenticate")

    # Calls

    def _create_call(self, form: Mapping[str, str]) -> tuple[int, Json]:
        called, caller = form.get("To", ""), form.get("From", "")
        if not ADDRESS.fullmatch(called):
            raise ApiError(
                400, 21211, f"The phone number you are attempting to call, {called}, is not valid"
            )
        if not caller:
            raise ApiError(400, 21213, "No 'From' parameter was specified")
        known = self._exchange.lines.keys() | self._exchange.verified
        if known and caller not in known:
            raise ApiError(
                400,
                21210,
                f"The source phone number provided, {caller}, is not yet verified for your account",
            )
        if not form.get("Url") and not form.get("Twiml"):
            raise ApiError(400, 21205, "Url parameter is required")
        _check_url(form.get("Url", ""))
        _check_twiml(form.get("Twiml", ""))
        line = Line(
            form.get("Url") or "http://localhost/",
            form.get("StatusCallback") or None,
            form.get("FallbackUrl") or None,
            form.get("Method") or "POST",
            frozenset((form.get("StatusCallbackEvent") or "completed").split()),
            form.get("StatusCallbackMethod") or "POST",
        )
        sid = self._switchboard.order(Order(caller, called, line, form.get("Twiml", "")))
        return 201, self._call(sid)

    def _list_calls(self, form: Mapping[str, str]) -> tuple[int, Json]:
        calls = [self._call(sid) for sid in reversed(self._exchange.calls)]
        return 200, _page("calls", _filtered(calls, form, "To", "From", "Status"))

    def _fetch_call(self, _form: Mapping[str, str], sid: str) -> tuple[int, Json]:
        return 200, self._call(sid)

    def _update_call(self, form: Mapping[str, str], sid: str) -> tuple[int, Json]:
        call = self._exchange.calls.get(sid)
        if call is None:
            raise ApiError(404, 20404, f"The requested resource /Calls/{sid}.json was not found")
        if call.status not in {"queued", "ringing", "in-progress"}:
            raise ApiError(400, 21220, "Call is not in-progress. Cannot redirect.")
        status = form.get("Status", "")
        if status not in {"", "completed", "canceled"}:
            raise ApiError(400, 21218, f"Invalid Status: {status}")
        if not status and not form.get("Url") and not form.get("Twiml"):
            raise ApiError(400, 21218, "Url, Twiml or Status is required")
        _check_url(form.get("Url", ""))
        _check_twiml(form.get("Twiml", ""))
        if status and call.status == "queued":  # it is not answered any more
            call.cancel()
        elif status != "canceled":  # which leaves a call alone that is in progress
            url = "" if status else form.get("Url", "")
            twiml = "" if status else form.get("Twiml", "")
            call.deliver(Moved(url, form.get("Method") or "POST", twiml))
            self._exchange.wake(sid)
        return 200, self._call(sid)

    def _call(self, sid: str) -> Json:
        call = self._exchange.calls.get(sid)
        if call is None:
            raise ApiError(404, 20404, f"The requested resource /Calls/{sid}.json was not found")
        uri = f"/{API_VERSION}/Accounts/{self._exchange.account_sid}/Calls/{sid}.json"
        ended = call.status not in {"queued", "ringing", "in-progress"}
        return {
            "sid": sid,
            "account_sid": self._exchange.account_sid,
            "parent_call_sid": None,
            "to": call.identity["To"],
            "from": call.identity["From"],
            "status": call.status,
            "direction": call.identity["Direction"],
            "api_version": API_VERSION,
            "answered_by": None,
            "date_created": _date(call.started),
            "start_time": _date(call.started),
            "end_time": _date(call.started, call.elapsed) if ended else None,
            "duration": f"{call.elapsed:.0f}" if ended else None,
            "price": None,
            "price_unit": "USD",
            "uri": uri,
            "subresource_uris": {},
        }

    # Messages

    def _create_message(self, form: Mapping[str, str]) -> tuple[int, Json]:
        to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        if not E164.fullmatch(to):
            raise ApiError(400, 21211, f"The 'To' number {to} is not a valid phone number")
        if not sender and not form.get("MessagingServiceSid"):
            raise ApiError(400, 21603, "A 'From' phone number is required")
        if not body and not form.get("MediaUrl"):
            raise ApiError(400, 21602, "Message body is required")
        if len(body) > LONGEST_TEXT:
            raise ApiError(
                400, 21617, "The concatenated message body exceeds the 1600 character limit"
            )
        text = self._exchange.send_text(sender or form["MessagingServiceSid"], to, body)
        return 201, self._message(text)

    def _list_messages(self, form: Mapping[str, str]) -> tuple[int, Json]:
        texts = [self._message(text) for text in self._exchange.texts[::-1]]
        return 200, _page("messages", _filtered(texts, form, "To", "From"))

    def _fetch_message(self, _form: Mapping[str, str], sid: str) -> tuple[int, Json]:
        for text in self._exchange.texts:
            if text.sid == sid:
                return 200, self._message(text)
        raise ApiError(404, 20404, f"The requested resource /Messages/{sid}.json was not found")

    def _message(self, text: Text) -> Json:
        uri = f"/{API_VERSION}/Accounts/{self._exchange.account_sid}/Messages/{text.sid}.json"
        return {
            "sid": text.sid,
            "account_sid": self._exchange.account_sid,
            "to": text.to,
            "from": text.sender,
            "body": text.body,
            "status": "delivered",
            "direction": "outbound-api",
            "api_version": API_VERSION,
            "num_segments": "1",
            "num_media": "0",
            "error_code": None,
            "error_message": None,
            "date_created": _date(datetime.now(UTC)),
            "uri": uri,
        }


def _check_twiml(twiml: str) -> None:
    if not twiml:
        return
    try:
        parse(twiml.encode())
    except Refused as refused:
        raise ApiError(400, 12100, refused.warning.message) from refused


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if url and not usable:
        raise ApiError(400, 21205, f"Url is not a valid URL: {url}")


def _filtered(items: list[Json], form: Mapping[str, str], *names: str) -> list[Json]:
    """The items that are as the request asks, in these of its parameters."""
    wanted = {name.lower(): form[name] for name in names if name in form}
    return [each for each in items if all(each[name] == wanted[name] for name in wanted)]


def _page(name: str, items: list[Json]) -> Json:
    return {name: items, "page": 0, "page_size": max(len(items), 50), "next_page_uri": None}


def _date(start: datetime, seconds: float = 0.0) -> str:
    moment = start + timedelta(seconds=seconds)
    return format_datetime(moment.astimezone(UTC))
