"""What each verb does, by its tag, on the caller's leg.

say_play    Say, Play, Pause
gather      Gather
record      Record
dial        Dial
number      Number, Client and Sip: a leg that is dialled
bridge      two parties talk
queue       Enqueue, and Dial's Queue
conference  Dial's Conference
hold        Leave, and what a caller hears who waits
stream      Connect, Start, Stop: media streams
sms         Sms
flow        Redirect, Hangup, Reject, Refer
"""

from __future__ import annotations

from collections.abc import Mapping

from offhook.interpreter.leg import Handler
from offhook.interpreter.verbs.dial import dial
from offhook.interpreter.verbs.flow import hang_up, redirect, refer, reject
from offhook.interpreter.verbs.gather import gather
from offhook.interpreter.verbs.hold import leave
from offhook.interpreter.verbs.queue import enqueue
from offhook.interpreter.verbs.record import record
from offhook.interpreter.verbs.say_play import pause, play, say
from offhook.interpreter.verbs.sms import sms
from offhook.interpreter.verbs.stream import connect, start, stop

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
