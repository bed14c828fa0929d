"""The line as it is served: edited files are taken up while calls go on, if they are right."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ivr import create_app
from ivr.config import Settings
from ivr.config_errors import ConfigError, described
from ivr.twilio.webhooks import CHANGE_REFUSED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Edition = tuple[tuple[str, int, int, int], ...]
"""What tells one state of the files from another: their names, times, sizes and inodes."""

SHOWN = 5
"""Faults that are named where a change is refused; `ivr check` names all."""


class ServedLine:
    """A WSGI app that can be told to read its directory and its prompts again.

    Calls in progress go on: all there is to a call is in its next request.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Serve the line of these settings, by default of the environment's.

        Raises ConfigError as `create_app` does.
        """
        self._settings = settings or Settings.from_environment(os.environ)
        self._edition = edition(self._settings)
        self._app = create_app(self._settings)
        self._refused = ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        return self._app(environ, start_response)

    def reload(self) -> str:
        """Read the files again, and serve them if all of them are right.

        Otherwise everything goes on as it was, and this is why, "" if nothing is wrong.
        """
        self._edition = edition(self._settings)
        try:
            self._app = create_app(self._settings)
        except ConfigError as error:
            return self._refuse(_summary(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, calls go on
            return self._refuse(described(error))
        self._refused = ""
        return ""

    def take_up_edits(self) -> str:
        """Reload if a file has been edited since it was read last.

        Why the files as they are now are not what is served, "" if they are.
        """
        return self._refused if edition(self._settings) == self._edition else self.reload()

    def tell_incidents(self) -> None:
        """Tell the log what has been counted and not told yet: the process ends."""
        self._app.extensions["incidents"].tell()

    def hand_over(self) -> None:
        """The process is to stop: conversations by TTY go on in another one."""
        streams = self._app.extensions.get("streams")
        if streams is not None:
            streams.hand_over()

    def _refuse(self, why: str) -> str:
        self._app.config[CHANGE_REFUSED] = True
        self._refused = why
        return why


def _summary(error: ConfigError) -> str:
    named = [str(fault) for fault in error.faults[:SHOWN]]
    more = len(error.faults) - len(named)
    return " ".join([*named, f"And {more} more: see `ivr check`."] if more else named)


def edition(settings: Settings) -> Edition:
    """The state of the files that the settings name; one that can't be read has none."""
    found = []
    for path in (settings.directory, *sorted(settings.prompts.glob("*.toml"))):
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((str(path), state.st_mtime_ns, state.st_size, state.st_ino))
    return tuple(found)
