"""What the tests of the carrier ask and answer."""

from __future__ import annotations

from collections.abc import Callable

from apps.serving import (
    Answer,
    App,
    phone_for,
    twiml,
)
from werkzeug.wrappers import Request, Response

from offhook.callers.phone_call import PhoneCall

VOICE = {
    *("CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction"),
    *("Caller", "Called"),
    *(
        p + f
        for p in ("From", "To", "Caller", "Called")
        for f in ("City", "State", "Zip", "Country")
    ),
}
"""The parameters of a voice webhook."""

QUICK_SECONDS = 5.0
"""What no single answer may take, on a machine that has other things to do too."""

MAY = "2026-05-04T10:00-05:00"


def codes(call: PhoneCall) -> list[int]:
    return [warning.code for warning in call.warnings]


def answered(
    body: bytes | str, status: int = 200, kind: str = "text/xml", **headers: str
) -> Response:
    response = Response(body, status, headers)
    response.headers["Content-Type"] = kind
    return response


def moved(status: int, to: str) -> Response:
    return Response("", status, {"Location": to})


def one(answer: Answer) -> PhoneCall:
    """A call on an app with one answer."""
    return phone_for(App({"first": answer})).dial()


def setting(*cookies: str) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:
        response = twiml("<Pause length='30'/><Redirect>/next</Redirect>")
        for cookie in cookies:
            response.headers.add("Set-Cookie", cookie)
        return response

    return answer
