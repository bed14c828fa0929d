"""What a load run is to do, and what came of it: handed over in the environment and a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

VARIABLE = "IVR_LOAD_PLAN"
"""The environment variable that holds the plan for Locust's process."""


@dataclass(frozen=True)
class Plan:
    """How many calls, by whom, on what, and where the report goes."""

    target: str
    auth_token: str
    calls: int
    scenarios: tuple[str, ...]
    report: str

    def as_text(self) -> str:
        """The plan as it is handed over."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Plan:
        """The plan that was handed over."""
        data = json.loads(text)
        return cls(**{**data, "scenarios": tuple(data["scenarios"])})


@dataclass(frozen=True)
class Percentiles:
    """How many there were, and their median, 95th and 99th percentile, in milliseconds."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0

    def text(self) -> str:
        """The percentiles as one reads them."""
        return f"p50 {self.p50:,.0f}, p95 {self.p95:,.0f}, p99 {self.p99:,.0f}"


SHOWN = 5
"""Kinds of failure that the report shows."""


@dataclass
class Report:
    """What came of a load run; `failures` are the first few kinds, with their counts."""

    calls: int = 0
    failed: int = 0
    seconds: float = 0.0
    webhooks: Percentiles = field(default_factory=Percentiles)
    to_nurse: Percentiles = field(default_factory=Percentiles)
    failures: dict[str, int] = field(default_factory=dict)

    def count_call(self, failure: str = "") -> None:
        """One more call was held; `failure` says what was not as written."""
        self.calls += 1
        if failure:
            self.failed += 1
            if failure in self.failures or len(self.failures) < SHOWN:
                self.failures[failure] = self.failures.get(failure, 0) + 1

    def finish(self, seconds: float, webhooks: Percentiles, to_nurse: Percentiles) -> None:
        """All calls were held: how long that took, and their times in milliseconds."""
        self.seconds, self.webhooks, self.to_nurse = seconds, webhooks, to_nurse

    def write(self, path: Path) -> None:
        """Leave the report in a file."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, path: Path) -> Report:
        """The report that was left in a file."""
        data = json.loads(path.read_text("utf-8"))
        data["webhooks"] = Percentiles(**data["webhooks"])
        data["to_nurse"] = Percentiles(**data["to_nurse"])
        return cls(**data)

    def text(self) -> str:
        """The report as one reads it."""
        held = self.calls - self.failed
        share = 100 * held / self.calls if self.calls else 0.0
        rate = self.calls / self.seconds if self.seconds else 0.0
        hooks, nurse = self.webhooks, self.to_nurse
        lines = [
            f"{self.calls:,} calls in {self.seconds:.1f} s ({rate:.0f} a second)",
            f"as written: {held:,} ({share:.1f} %), not: {self.failed:,}",
            f"{hooks.count:,} webhooks, ms: {hooks.text()}",
        ]
        if nurse.count:
            lines.append(f"time to a person in {nurse.count:,} calls, ms: {nurse.text()}")
        lines += [f"  {count:,} times: {failure}" for failure, count in self.failures.items()]
        return "\n".join(lines)
