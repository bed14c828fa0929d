"""Number, Client and Sip: a leg that is dialled, and the whisper that it alone hears."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from offhook.account.exchange import E164, new_sid
from offhook.events import Warned
from offhook.interpreter.call_state import HungUp
from offhook.interpreter.leg import DOCUMENT_ENDED, Go, Leg, Repertoire, Run
from offhook.interpreter.urls import resolve
from offhook.interpreter.verbs.flow import hang_up
from offhook.interpreter.verbs.gather import gather
from offhook.interpreter.verbs.say_play import play, say

ADDRESS = re.compile(r"client:\S+|sips?:\S+")
"""What a Client or a Sip is called by."""

MACHINES = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}
"""What AnsweredBy says of a machine, by machineDetection. Source: Twilio's docs of Number."""

FINAL = "completed"
"""The event that a callback is sent for by default, at every final status."""


WHISPER = Repertoire(
    {
        "Say": say,
        "Play": play,
        "Gather": gather,
        "Hangup": hang_up,
    },
    "a whisper",
)
"""What a dialled leg may run before it is put through. Source: Twilio's documentation of
Number's `url`."""


class DialledLeg:
    """One leg of a Dial: a call of its own, whose parent is the caller's."""

    def __init__(self, parent: Leg, noun: Element, to: str, caller_id: str) -> None:
        """`noun` is the Number, Client or Sip (or the Dial with a number as its text)."""
        self.parent = parent
        self.noun = noun
        self.to = to
        self.caller_id = caller_id
        self.reachable = bool(E164.fullmatch(to) or ADDRESS.fullmatch(to))
        self._document = parent.document
        self._sequence = 0
        child = {
            "ParentCallSid": parent.identity["CallSid"],
            "CallSid": new_sid("CA"),
            "Direction": "outbound-dial",
            "CallStatus": "in-progress",
            "From": caller_id,
            "To": to,
            "Caller": caller_id,
            "Called": to,
        }
        self._leg = Leg(parent.state, to, parent.identity | child, WHISPER)

    @property
    def sid(self) -> str:
        """The CallSid of this leg."""
        return self._leg.identity["CallSid"]

    def whisper(self, *, machine: bool) -> Run[bool]:
        """Run the noun's document on this leg alone; False if it ended in a hang-up."""
        url = self.noun.get("url") if self.noun.tag != "Dial" else None
        if not url:
            return True
        leg = self._leg
        method = self.noun.get("method", "POST")
        detection = self.noun.get("machineDetection", "")
        told = {"AnsweredBy": MACHINES.get(detection, "unknown") if machine else "human"}
        extra = told if detection else {}
        try:
            form = leg.identity | extra
            target = resolve(self._document.url, url)
            response = yield from leg.request(method, target, form, "whisper")
            found = leg.read(response)
            if isinstance(found, Warned):
                yield found
                return leg.options.whisper_failure_bridges
            document, warnings = found
            yield from warnings
            yield from leg.run(Go(document))
        except HungUp as gone:
            if gone.leg != leg.name:
                raise
            return False
        return leg.reason == DOCUMENT_ENDED

    def finish(self, status: str, seconds: float | None = None) -> Run[None]:
        """The end of the leg, told to its callback."""
        duration = {} if seconds is None else {"CallDuration": f"{seconds:.0f}"}
        yield from self.report(status, FINAL, duration)

    def report(
        self, status: str, event: str = "", extra: dict[str, str] | None = None
    ) -> Run[None]:
        """Call the noun's statusCallback, if it wants to know of this event."""
        event = event or status
        callback = self.noun.get("statusCallback") if self.noun.tag != "Dial" else None
        wanted = self.noun.get("statusCallbackEvent", FINAL).split()
        if not callback or event not in wanted:
            return
        form = self.parent.state.progress(status, self._sequence)
        self._sequence += 1
        method = self.noun.get("statusCallbackMethod", "POST")
        url = resolve(self._document.url, callback)  # wherever a whisper has led since
        yield from self._leg.notify(url, form | (extra or {}), method)
