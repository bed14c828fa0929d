"""The shipped line's numbers, and times on both sides of its hours."""

from __future__ import annotations

from datetime import datetime

from ivr import Settings

TOKEN = "12345"
BASE = "https://line.example.org"
SETTINGS = Settings(TOKEN, BASE)

CALLER = "+16125550123"
VOICE_NUMBER = "+19525550100"
TTY_NUMBER = "+19525550171"

MONDAY_AT_10 = datetime.fromisoformat("2026-11-23T10:00-06:00")
MONDAY_AT_7_PM = datetime.fromisoformat("2026-11-23T19:00-06:00")
SUNDAY_AT_3 = datetime.fromisoformat("2026-11-22T03:00-06:00")

NAVIGATOR = ("+19528835000", "+18008832177")
CARELINE = ("+16123393663", "+18005510859")
NAVIGATOR_TTY = "+19528835127"
CARELINE_TTY = "+19528835474"
