"""Whether there still is a terminal to show the phone on."""

from __future__ import annotations

import sys


def terminal_is_gone() -> bool:
    """Whether the terminal was closed under the phone, without a signal that tells so."""
    try:
        import termios  # noqa: PLC0415 - not on Windows
    except ImportError:
        return False
    try:
        termios.tcgetattr(sys.__stdin__ or 0)
    except (OSError, ValueError, termios.error):
        return True
    return False
