"""Runs the suite again and again beside two busy processes: `make soak N=5`.

It prints how each run ended, with the seed of its order, and then each test that failed
with the number of runs in which it did. Exit status: 0 if none failed, else 1.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from defusedxml.ElementTree import parse

BUSY = 2
MINUTES = 30
"""After which a run is given up."""

SPIN = f"import time\nend = time.monotonic() + {60 * MINUTES}\nwhile time.monotonic() < end: pass"


@contextmanager
def busy() -> Iterator[None]:
    """Processes that take all the time they get, as long as this lasts and no run longer."""
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def failed(report: Path) -> list[str]:
    """The tests of a run that failed or broke off, by name."""
    cases = parse(report).iter("testcase")
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]


def run(number: int, folder: Path) -> list[str]:
    """Run the suite once: the tests that failed; the run itself, if it has no report."""
    report, log = folder / f"run-{number}.xml", folder / f"run-{number}.txt"
    command = [sys.executable, "-m", "pytest", "--numprocesses", "4", "--dist", "worksteal"]
    with busy(), log.open("w") as output:
        code = subprocess.run(
            [*command, f"--junit-xml={report}"],
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=60 * MINUTES,
            check=False,
        ).returncode
    text = log.read_text("utf-8")
    seed = re.search(r"--randomly-seed=\d+", text)
    last = text.strip().splitlines()[-1].strip("= ")
    print(f"run {number}: {last} ({seed[0] if seed else 'no seed'})", flush=True)
    found = failed(report) if report.exists() else []
    if code and not found:
        found = ["the run itself"]
    for name in found:
        print(f"  {name}", flush=True)
    if found:
        print(f"  what it printed is in {log}", flush=True)
    return found


def main() -> int:
    """Run the suite as often as the command line says."""
    runs = int(sys.argv[1]) if sys.argv[1:] else 5
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    failures = Counter(name for number in range(1, runs + 1) for name in run(number, folder))
    for name, count in failures.most_common():
        print(f"{count} of {runs}: {name}")
    print(f"{len(failures)} tests failed in {runs} runs")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
