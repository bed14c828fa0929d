"""Somebody at a full-screen phone, in a terminal of its own without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, Self, TypeVar

from textual import events
from textual.message import Message
from textual.pilot import Pilot

from offhook.terminal.screen import ScreenPhone

PATIENCE = 30.0
"""Seconds until somebody gives up on what they wait for: a hang shows as a failure."""

P = TypeVar("P", bound=ScreenPhone)


class Hand(Generic[P]):
    """Presses keys, and looks again whenever the phone has got a message.

    Textual's pilot waits until the process is idle, which it never is while sound flows.
    """

    pilot: Pilot[None]

    def __init__(self, phone: P) -> None:
        """Take a phone that does not run yet."""
        self.phone = phone
        self._news = asyncio.Event()

    @asynccontextmanager
    async def at_work(self, size: tuple[int, int]) -> AsyncIterator[Self]:
        """Run the phone in a window of this size; at the end leave it at once."""
        run = self.phone.run_test(size=size, notifications=True, message_hook=self._notice)
        async with run as self.pilot:
            yield self
            if not self.gone:
                await self.press("ctrl+c", "ctrl+c")

    def _notice(self, message: Message) -> None:
        if not isinstance(message, events.Callback):  # with which `_settle` waits
            self._news.set()

    @property
    def gone(self) -> bool:
        """Whether the phone has been left."""
        return self.phone.return_code is not None

    async def press(self, *keys: str) -> None:
        """Press keys of the keyboard, each when the one before has done what it does."""
        for key in keys:
            self.phone.simulate_key(key)
            self._news.set()
            await self._settle()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._settle()
                while not condition():
                    await self._news.wait()
                    await self._settle()
        except TimeoutError:
            raise AssertionError(self.told) from None

    async def _settle(self) -> None:
        """Let everything that has come to the screen be shown, with what follows from it."""
        while self._news.is_set():
            self._news.clear()
            if not self.gone:
                await self.pilot.pause(0)

    @property
    def told(self) -> str:
        """What is to be read when a wait was in vain."""
        return ""
