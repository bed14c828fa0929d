"""Runs a call: the interpreter's needs are answered by the carrier and by a caller."""

from __future__ import annotations

from collections.abc import Callable

from ivr.simulator.call import Call
from ivr.simulator.carrier import Carrier
from ivr.simulator.events import Event, Fetch, Listening, Reply, Ringing
from ivr.simulator.script import Caller

Show = Callable[[Event], None]


def converse(call: Call, carrier: Carrier, caller: Caller, show: Show) -> None:
    """Run a call to its end. Raises what the caller raises."""
    steps = call.run()
    step = next(steps, None)
    while step is not None:
        reply: Reply | None = None
        if isinstance(step, Fetch):
            reply = carrier.send(step)
        else:
            show(step)
            if isinstance(step, (Listening, Ringing)):
                reply = caller.answer(step)
        try:
            step = steps.send(reply) if reply is not None else next(steps)
        except StopIteration:
            return
