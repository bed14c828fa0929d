"""Connection overrides: how long a webhook may take and how often it is tried.

They stand in the fragment of a webhook's URL, such as `#rc=2&rp=all`. Source:
Twilio's documentation of connection overrides, and of webhook timeouts.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

TOTAL_SECONDS = 15.0
"""The hard limit of a voice webhook, all tries together."""


@dataclass(frozen=True)
class Overrides:
    """Seconds to connect, to read, and in total; further tries, and what they are for.

    `policy` holds `4xx`, `5xx`, `ct` (no connection), `rt` (no answer) or `all`.
    """

    connect: float = 5.0
    read: float = 15.0
    total: float = TOTAL_SECONDS
    retries: int = 1
    policy: frozenset[str] = frozenset(("ct",))

    def retries_after(self, status: int, *, connected: bool) -> bool:
        """Whether another try is made after this HTTP status (0: no answer)."""
        unanswered = "rt" if connected else "ct"
        reason = f"{status // 100}xx" if status else unanswered
        failed = status == 0 or status >= 400  # noqa: PLR2004 - HTTP's errors
        return failed and bool(self.policy & {reason, "all"})


def overrides_of(url: str) -> Overrides:
    """The overrides in a URL's fragment; what can't be read keeps its default."""
    fragment = urlsplit(url).fragment
    if not fragment:
        return Overrides()
    given = dict(parse_qsl(fragment))
    return Overrides(
        connect=_seconds(given.get("ct"), 0.1, 10.0, Overrides.connect),
        read=_seconds(given.get("rt"), 0.1, TOTAL_SECONDS, Overrides.read),
        total=_seconds(given.get("tt"), 0.1, TOTAL_SECONDS, Overrides.total),
        retries=int(given["rc"]) if given.get("rc", "") in set("012345") else Overrides.retries,
        policy=frozenset(given["rp"].split(",")) if "rp" in given else Overrides.policy,
    )


def _seconds(text: str | None, least: float, most: float, default: float) -> float:
    if text is None or not text.isdecimal():
        return default
    return min(max(int(text) / 1000, least), most)
