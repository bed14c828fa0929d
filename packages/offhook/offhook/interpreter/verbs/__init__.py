"""What each verb does, by its tag, on the caller's leg."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.simulator.leg import Handler
from ivr.simulator.verbs.dialling import dial
from ivr.simulator.verbs.gathering import gather, record
from ivr.simulator.verbs.leaving import hang_up, redirect, refer, reject, sms
from ivr.simulator.verbs.playing import pause, play, say
from ivr.simulator.verbs.rooms import enqueue
from ivr.simulator.verbs.streams import connect, start, stop
from ivr.simulator.verbs.waiting import leave

VERBS: Mapping[str, Handler] = {
    "Connect": connect,
    "Dial": dial,
    "Enqueue": enqueue,
    "Gather": gather,
    "Hangup": hang_up,
    "Leave": leave,
    "Pause": pause,
    "Play": play,
    "Record": record,
    "Redirect": redirect,
    "Refer": refer,
    "Reject": reject,
    "Say": say,
    "Sms": sms,
    "Start": start,
    "Stop": stop,
}
