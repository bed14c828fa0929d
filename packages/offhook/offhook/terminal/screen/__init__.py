"""The full-screen phone: a call in the terminal, with a keypad and all that goes on.

app         the phone
panels      its parts
keys        what its keys do
clock       the call's clock
words       what happens, in words
tty_phone   the same phone with a TTY in the place of the handset
tty_panels  the TTY's display and keyboard
"""

from offhook.terminal.screen.app import ScreenPhone

__all__ = ["ScreenPhone"]
