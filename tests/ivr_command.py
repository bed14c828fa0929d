"""The `ivr` command: in this process, or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from ivr.__main__ import main


def ivr(*arguments: str, typed: str = "", **environ: str) -> Result:
    """Run the command here, with this input and none of the line's settings but these.

    What it does not catch itself is raised, where a process would print a traceback.
    """
    unset = {name: None for name in os.environ if name.startswith("IVR_")}
    runner = CliRunner(env={**unset, **environ})
    return runner.invoke(main, arguments, input=typed, catch_exceptions=False)


def ivr_process(
    *arguments: str, typed: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, away from the project's folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IVR_")}
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments],
        input=typed,
        cwd=Path("/"),
        env=clean | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
