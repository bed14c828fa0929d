"""Sound as the telephone carries it: 8,000 samples a second, mono, companded by µ-law.

Needs the extra `audio` (numpy comes with it).

    telephone  µ-law, WAV, filtering down to 8 kHz
    tones      touch-tones, ringback, busy
    speech     prompts synthesised, and kept
    hearing    words recognised in a recording
    mixing     a whole call as one recording
    recorded   what an app plays, as the telephone would carry it
"""
