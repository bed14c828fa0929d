"""A TTY on the caller's desk: text over the sound of a call, for any TwiML app.

Needs the extra `tty`.

    device  the TTY itself, sans-I/O: keys and text on one side, µ-law on the other
    line    the TTY at a call: its media streams, what is played to it, its pace
    call    a TTY call that a test or a script holds, and the phone that places it
    legs    what a dialled leg does, in the words of scripts
    script  a caller at a TTY who follows words
"""
