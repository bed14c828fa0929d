"""How a call is placed, whoever then holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from offhook.account.exchange import Exchange, Line
from offhook.callers.target import Target
from offhook.carrier.carrier import Carrier, identity
from offhook.carrier.fault_injection import InjectedFaults
from offhook.interpreter import say_text
from offhook.interpreter.call import Call
from offhook.interpreter.call_state import Measure
from offhook.interpreter.options import Options
from offhook.rest.api import Order


@dataclass(frozen=True)
class PlacedCall:
    """A call that has not begun, and its carrier.

    `request` is how it was placed; after `hang_up_after` events the caller hangs up (0: never).
    """

    call: Call
    carrier: Carrier
    request: CallRequest
    hang_up_after: int = 0


@dataclass(frozen=True)
class CallRequest:
    """A call to be placed: what is called, who calls whom, when, and what goes wrong.

    `at` is the call's clock at its start (None: the time it is); `line` and `twiml` stand
    in for the target's own where the REST API places the call.
    """

    target: Target
    caller: str
    called: str
    at: datetime | None = None
    faults: Sequence[str] = ()
    options: Options = Options()  # noqa: RUF009 - frozen
    direction: str = "inbound"
    line: Line | None = None
    twiml: str = ""

    @classmethod
    def ordered(cls, order: Order, target: Target, options: Options) -> CallRequest:
        """The call that the REST API orders."""
        return cls(
            target,
            order.caller,
            order.called,
            options=options,
            direction="outbound-api",
            line=order.line,
            twiml=order.twiml,
        )

    def place(self, exchange: Exchange, measure: Measure = say_text.spoken) -> PlacedCall:
        """A new call of this account. Raises FaultError for a fault that can't be read."""
        wrong = InjectedFaults(self.faults)
        outdated = self.target.refresh()
        if self.line is None:
            exchange.lines.setdefault(self.called, self.target.line)
        call = Call(
            self.line or self.target.line,
            identity(exchange, self.caller, self.called, self.direction),
            exchange,
            options=self.options,
            measure=measure,
            started=self.at,
            twiml=self.twiml,
            outdated=outdated,
        )
        exchange.calls[call.sid] = call
        carrier = Carrier(
            self.target.transport,
            self.target.auth_token,
            faults=wrong,
            dated=self.target.dated and self.at is not None,
        )
        return PlacedCall(call, carrier, self, wrong.hang_up_after)
