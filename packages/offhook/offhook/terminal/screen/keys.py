"""The keys of the full-screen phone: what each does, and what its help says."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from offhook.terminal.screen.panels import ANSWERS, KEYS, SERVE_KEY, THEY_LEAVE_KEY

KEY_NAMES = {"*": "asterisk", "#": "number_sign"}

HELP = """\
0-9 * #   press a key, at any time
s         say words: Enter says them, Escape leaves the field
h         hang up
q         leave; a call that goes on is hung up first (again: leave at once)

A number rings: a answers, b is busy, n does not answer, f fails, v is a machine.
If several ring, choose one in the list (Tab, then the arrows).
a         an agent answers, while the caller waits in a queue
t         they hang up
l         the keypad and the words are theirs, while they hear the line; again: yours

c w g x   go to the captions, webhooks, warnings, texts; the arrows scroll
Tab       go to what comes next
?         show this, and hide it
"""


def bindings() -> list[BindingType]:
    """Every key, with the action of the phone that it stands for."""
    keys = [Binding(KEY_NAMES.get(key, key), f"press('{key}')", show=False) for key in KEYS]
    answers = [Binding(key, f"answer('{status}')", show=False) for key, _, status in ANSWERS]
    return [
        *keys,
        *answers,
        Binding(THEY_LEAVE_KEY, "they_leave", show=False),
        Binding(SERVE_KEY, "serve", show=False),
        Binding("s", "say", "Say"),
        Binding("h", "hang_up", "Hang up"),
        Binding("c", "read('captions')", "Captions"),
        Binding("w", "read('webhooks')", "Webhooks"),
        Binding("g", "read('warnings')", "Warnings"),
        Binding("x", "read('texts')", "Texts"),
        Binding("q", "quit", "Quit"),
        Binding("question_mark", "explain", "Help", key_display="?"),
        Binding("escape", "listen", "Back", key_display="esc"),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]
