"""How fast the simulator is, in this process, on one core.

Run: python benchmarks/simulator.py. Prints medians over several rounds, and the spread
of the rounds as a measure of the machine's noise.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from ivr import Settings, create_app
from ivr.call.red_flags import RED_FLAGS
from offhook.account.exchange import Exchange, Line
from offhook.callers.driver import Driver
from offhook.callers.phone import Phone
from offhook.callers.place_call import CallRequest
from offhook.callers.script import ScriptedCaller
from offhook.callers.target import Target
from offhook.carrier.carrier import Carrier
from offhook.carrier.transport import Request, WsgiTransport
from offhook.interpreter.call import Call
from offhook.needs import Fetch, Response

TOKEN = "12345"  # noqa: S105 - no secret
BASE = "http://localhost"
ROUNDS = 7
CALLS = 60
SCRIPT = " ".join([*("2" for _ in RED_FLAGS), "1", "completed"])


class Canned:
    """A transport that answers from what an app answered before: the app costs nothing."""

    def __init__(self, transport: WsgiTransport) -> None:
        """Keep what this transport brings back."""
        self._transport = transport
        self._kept: dict[tuple[str, str], Response] = {}

    def send(self, request: Request) -> Response:
        """The answer to the same path and digits as before."""
        key = (request.url, request.form.get("Digits", ""))
        if key not in self._kept:
            self._kept[key] = self._transport.send(request)
        return self._kept[key]


def hold(target: Target) -> int:
    """Six noes, a nurse, goodbye; how many documents were run."""
    phone = Phone(target)
    call = phone.dial()
    for _ in RED_FLAGS:
        call.press("2")
    call.press("1")
    call.answer()
    call.end_talk()
    call.hang_up()  # and is not asked whether they were helped
    if not call.ended:
        raise SystemExit("the call did not end")
    return len(call.requests) - 1  # the status callback is no document


@dataclass
class BareCarrier:
    """Carries requests out without a signature, cookies or retries; counts the documents."""

    target: Target
    documents: int = 0

    def perform(self, need: Fetch, _: Call) -> Response:
        """Carry one request out."""
        self.documents += need.purpose != "status"
        return self.target.transport.send(Request(need.method, need.url, {}, need.form))


def interpret(target: Target) -> int:
    """The same call by the bare interpreter: no signature, no carrier; how many documents."""
    placed = CallRequest(target, "+16125550123", "+19525550100").place(Exchange(TOKEN))
    bare, caller = BareCarrier(target), ScriptedCaller(SCRIPT)
    Driver(replace(placed, carrier=cast("Carrier", bare)), caller, caller.notice).run()
    return bare.documents


def rounds(work: Callable[[], object]) -> list[float]:
    """Seconds that one piece of work takes, once for each round."""
    work()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(CALLS):
            work()
        taken.append((time.process_time() - began) / CALLS)
    return taken


def rate(taken: list[float]) -> str:
    """How many a second, and how far the rounds lie apart."""
    median = statistics.median(taken)
    low, high = median / max(taken), median / min(taken)
    return f"{1 / median:.0f} a second (rounds {low:.0%} to {high:.0%})"


def synthesis() -> None:
    """How many seconds of English are synthesised in a second."""
    from offhook.audio.speech import Voices, key  # noqa: PLC0415 - an extra
    from offhook.audio.telephone import RATE  # noqa: PLC0415 - the same

    speech = Voices()
    speech.sound("Hello.", "en-US")
    texts = [f"For a nurse, press {place}. To hear this again, press star." for place in range(30)]
    ratios = []
    for text in texts:
        began = time.perf_counter()
        sound = speech.sound(text, "en-US")
        if sound is None or not key(text, "en-US"):
            raise SystemExit("no English voice is installed")
        ratios.append(len(sound) / RATE / (time.perf_counter() - began))
    print(f"English synthesis: {statistics.median(ratios):.0f} times real time (aim 200)")


def main() -> None:
    """Measure, and print."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app = create_app(Settings(TOKEN))
    line = Line(f"{BASE}/voice", f"{BASE}/voice/status")
    transport = WsgiTransport(app, BASE)
    whole = Target("line", line, transport, TOKEN)
    canned = Target("canned", line, Canned(transport), TOKEN)
    calls = rounds(lambda: hold(whole))
    alone = rounds(lambda: hold(canned))
    bare = rounds(lambda: interpret(canned))
    documents = interpret(canned)
    print(f"six-question calls in process (aim 500): {rate(calls)}")
    print(f"  of which without the app: {rate(alone)}")
    each = statistics.median(bare) / documents * 1e6
    print(f"interpreter, a document without the app (aim 100): {each:.0f} µs, {rate(bare)} calls")
    synthesis()


if __name__ == "__main__":
    main()
