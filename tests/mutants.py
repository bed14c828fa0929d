"""Puts faults into the call, one by one, and tells which no test notices: `make mutants`.

mutmut changes one thing in a function and runs the tests that were seen to call it. A line
reads its tables once in a process, so that most of the tests that need a function are not
seen to call it: what mutmut's own choice did not notice is run against all of them.
Names of mutants on the command line (`ivr.call.hours*`) keep it to those.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MUTMUT = str(Path(sys.executable).with_name("mutmut"))
AT_ONCE = 2
MINUTES = 5
"""After which a run of all these tests is given up: the fault was noticed, by its slowness."""

CHANGED = Path("mutants")
"""Where mutmut puts the changed code; each fault is chosen by a variable of the environment."""

REPORT = CHANGED / "report.txt"
LEFT = re.compile(r"^\s*(\S+): (survived|no tests)$", re.MULTILINE)
CHECKED = re.compile(r"^\s*(\S+): (?!not checked)", re.MULTILINE)


def mutmut(*arguments: str) -> str:
    """What a command of mutmut prints."""
    command = [MUTMUT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tests() -> list[str]:
    """The arguments by which pytest runs all the tests, as mutmut is told them."""
    own = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    return [*own["pytest_add_cli_args"], *own["pytest_add_cli_args_test_selection"]]


def is_noticed(mutant: str) -> bool:
    """Whether one of all the tests fails where this fault is in the code; "" is none."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests()]
    environ = os.environ | {"MUTANT_UNDER_TEST": mutant}
    try:
        return bool(
            subprocess.run(
                command,
                cwd=CHANGED,
                env=environ,
                capture_output=True,
                timeout=60 * MINUTES,
                check=False,
            ).returncode
        )
    except subprocess.TimeoutExpired:
        return True


def module(mutant: str) -> str:
    """The module that a mutant is of."""
    return mutant.rpartition(".")[0]


def tell(checked: Iterable[str], unnoticed: Iterable[str]) -> None:
    """Print how many faults of each module were noticed; write down the others."""
    all_of, left_of = Counter(map(module, checked)), Counter(map(module, unnoticed))
    for name, count in sorted(all_of.items()):
        noticed = count - left_of[name]
        print(f"{name}: {noticed} of {count} noticed ({noticed / count:.0%})")
    noticed = all_of.total() - left_of.total()
    print(f"{noticed} of {all_of.total()} noticed; the others are in {REPORT}")
    REPORT.write_text("\n".join(mutmut("show", each) for each in unnoticed), "utf-8")


def main() -> int:
    """Run mutmut, and then all the tests against what it left."""
    subprocess.run([MUTMUT, "run", "--max-children", str(AT_ONCE), *sys.argv[1:]], check=True)
    if is_noticed(""):
        sys.exit("The tests fail without a fault; run make quick first.")
    results = mutmut("results", "--all", "true")
    checked, left = CHECKED.findall(results), [name for name, _ in LEFT.findall(results)]
    print(f"\n{len(left)} of {len(checked)} are run against all the tests:", flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        noticed = dict(zip(left, pool.map(is_noticed, left), strict=True))
    tell(checked, [name for name in left if not noticed[name]])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
