"""What a dialled leg may run before it is put through.

Source: Twilio's documentation of Number's `url`: Say, Play, Gather, Hangup, no others.
"""

from __future__ import annotations

from ivr.simulator.leg import Repertoire
from ivr.simulator.verbs.gathering import gather
from ivr.simulator.verbs.leaving import hang_up
from ivr.simulator.verbs.playing import play, say

WHISPER = Repertoire(
    {
        "Say": say,
        "Play": play,
        "Gather": gather,
        "Hangup": hang_up,
    },
    "a whisper",
)
