"""The full-screen phone: a call in the terminal, with a keypad and all that goes on.

`app` is the phone; `panels` are its parts; `keys` says what its keys do; `clock` is
the call's; `words` puts what happens into words; `style.tcss` says how it looks.
"""

from offhook.terminal.screen.app import ScreenPhone

__all__ = ["ScreenPhone"]
