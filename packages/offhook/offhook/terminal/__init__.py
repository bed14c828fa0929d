"""A phone in the terminal.

plain        a call in lines of text, and a caller at the keyboard
tty_plain    a TTY in lines of text
typed_lines  the lines that somebody types
control      what a terminal is told and must not be: control characters
screen       the full-screen phone (needs the extra `terminal`)
"""
