"""What a dialled leg may run before it is put through.

Source: Twilio's documentation of Number's `url`: Say, Play, Gather, Hangup, no others.
"""

from __future__ import annotations

from offhook.interpreter.leg import Repertoire
from offhook.interpreter.verbs.flow import hang_up
from offhook.interpreter.verbs.gather import gather
from offhook.interpreter.verbs.say_play import play, say

WHISPER = Repertoire(
    {
        "Say": say,
        "Play": play,
        "Gather": gather,
        "Hangup": hang_up,
    },
    "a whisper",
)
