"""The terminal that the phone is shown on: whether it is still there, and how it is left."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from textual.app import App


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


def heed_signals(leave: Callable[[], object]) -> None:
    """Restore the terminal when somebody ends the process."""
    with suppress(NotImplementedError, AttributeError):  # as on Windows
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, leave)


def is_taken_down(phone: App[None]) -> bool:
    """Whether the phone is being left, so that what things are shown on may be gone."""
    return phone.return_code is not None
