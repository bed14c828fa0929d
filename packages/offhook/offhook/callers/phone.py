"""A phone for tests: calls are placed, answered and looked at, step by step.

    phone = Phone(target("wsgi:app"))
    call = phone.dial("+19525550100", at="2026-11-23T10:00-06:00")
    call.expect_said("hang up and dial 911")
    call.press("2")

Time is the call's own: nothing sleeps. A caller is patient by default and answers
when the prompt has ended; `interrupt=True` cuts it short.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from offhook.account.exchange import Exchange, Text
from offhook.callers.phone_call import PhoneCall
from offhook.callers.place_call import CallRequest, PlacedCall
from offhook.callers.target import Target
from offhook.interpreter.options import Options
from offhook.media.messages import Impairments
from offhook.rest.api import Order, RestApi

DEFAULT_CALLER = "+16125550123"
DEFAULT_NUMBER = "+19525550100"


class Phone:
    """Places calls on an app, and keeps what its account has in common."""

    def __init__(
        self,
        target: Target,
        options: Options | None = None,
        impairments: Impairments | None = None,
    ) -> None:
        """Take the app to call; `impairments` are those of media streams."""
        self.target = target
        self.impairments = impairments or Impairments()
        self.exchange = Exchange(target.auth_token, wake=lambda _: self.pump())
        self.calls: list[PhoneCall] = []
        self.api = RestApi(self.exchange, self)
        self._options = options or Options()
        self._ringing: list[PlacedCall] = []

    def dial(
        self,
        to: str = DEFAULT_NUMBER,
        *,
        caller: str = DEFAULT_CALLER,
        at: str | datetime | None = None,
        faults: Sequence[str] = (),
    ) -> PhoneCall:
        """Call a number, at an ISO 8601 time with an offset (by default now)."""
        started = datetime.fromisoformat(at) if isinstance(at, str) else at
        if started is not None and started.utcoffset() is None:
            raise ValueError(f"{at!r} has no offset; write it as 2026-11-23T10:00-06:00")
        dialling = CallRequest(self.target, caller, to, started, faults, self._options)
        return self._hold(dialling.place(self.exchange))

    def _hold(self, placed: PlacedCall) -> PhoneCall:
        call = PhoneCall(self, placed)
        self.calls.append(call)
        call.begin()
        return call

    # Calls and texts that come in through the REST API

    @property
    def rest_client(self) -> Any:  # noqa: ANN401 - twilio has no type information
        """Twilio's own REST client, which reaches this phone instead of Twilio."""
        from twilio.rest import Client  # noqa: PLC0415 - it takes long to import

        from offhook.rest.client import LocalHttpClient  # noqa: PLC0415 - the same

        sid, token = self.exchange.account_sid, self.exchange.auth_token
        return Client(sid, token, http_client=LocalHttpClient(self.api))

    def order(self, order: Order) -> str:
        """A call that the REST API orders: it rings here."""
        dialling = CallRequest.ordered(order, self.target, self._options)
        placed = dialling.place(self.exchange)
        self._ringing.append(placed)
        return placed.call.sid

    def pick_up(self) -> PhoneCall:
        """Answer the call that rings."""
        self._ringing = [placed for placed in self._ringing if placed.call.status == "queued"]
        if not self._ringing:
            raise AssertionError(f"the phone does not ring\n\n{self.transcript()}")
        return self._hold(self._ringing.pop(0))

    @property
    def texts(self) -> list[Text]:
        """The text messages that were sent."""
        return self.exchange.texts

    # All calls

    def pump(self) -> None:
        """Let every call take what others have put into its mailbox."""
        while any(call.take_mail() for call in self.calls):
            pass

    def hang_up_all(self) -> None:
        """End every call that goes on."""
        for call in self.calls:
            call.hang_up()

    def transcript(self) -> str:
        """What happened in every call."""
        return "\n\n".join(call.transcript for call in self.calls)
