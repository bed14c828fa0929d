"""Moves a live call to another of our webhooks, through Twilio's REST API."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from ivr.config_errors import described

logger = logging.getLogger(__name__)

API_VERSION = "2010-04-01"
SECONDS = 5
TRIES = 2

ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
CALL_SID = re.compile(r"CA[0-9a-f]{32}")


@dataclass(frozen=True)
class CallRef:
    """A call that goes on now, by Twilio's sids."""

    account: str
    sid: str

    @property
    def is_valid(self) -> bool:
        """Whether the sids have the form of Twilio's."""
        return bool(ACCOUNT_SID.fullmatch(self.account) and CALL_SID.fullmatch(self.sid))


@dataclass(frozen=True)
class CallRedirector:
    """Moves calls of one account; `api_url` is where the REST API answers."""

    api_url: str
    auth_token: str = field(repr=False)

    def move(self, call: CallRef, url: str) -> bool:
        """Let Twilio ask this URL what comes next in the call; whether that was accepted."""
        return self._update(call, {"Url": url, "Method": "POST"})

    def hand(self, call: CallRef, document: bytes) -> bool:
        """Let the call go on with this document, of 4,000 characters at most; the same."""
        return self._update(call, {"Twiml": document.decode()})

    def _update(self, call: CallRef, change: Mapping[str, str]) -> bool:
        place = f"{self.api_url.rstrip('/')}/{API_VERSION}/Accounts/{call.account}/Calls/{call.sid}"
        for _ in range(TRIES):
            try:
                answer = requests.post(
                    f"{place}.json",
                    data=change,
                    auth=(call.account, self.auth_token),
                    timeout=SECONDS,
                )
            except requests.ReadTimeout:
                # It may have been accepted: a second one would cut off a leg that rings.
                logger.warning("a call could perhaps not be moved: no answer in %d s", SECONDS)
                return False
            except Exception as error:  # noqa: BLE001 - whatever fails, the call goes on
                logger.warning("a call could not be moved: %s", described(error))
                continue
            if answer.ok:
                return True
            logger.warning("a call could not be moved: Twilio answered %d", answer.status_code)
        return False
