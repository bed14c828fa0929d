"""What `pip install .` puts on a machine works from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import astuple
from itertools import product
from pathlib import Path

import pytest

from ivr import spoken
from offhook.interpreter import speech_rate

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project installed from its source, not editable, without its dependencies."""
    target = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *options, "--target", target, ROOT], check=True)
    return target


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command away from the checkout."""
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, str(installed / "bin" / "ivr"), *arguments],
        cwd=installed,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_prompts_and_directory_travel_in_the_wheel(installed: Path) -> None:
    """The words and the numbers lie inside the package."""
    assert (installed / "ivr" / "prompts" / "en.toml").is_file()
    assert (installed / "ivr" / "directory.toml").is_file()
    top_level = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert top_level == {"ivr", "bin"}


def test_the_installed_command_checks_and_calls(installed: Path) -> None:
    """`ivr check` and `ivr phone` run from the installed package itself."""
    check = run(installed, "check")
    assert check.returncode == 0, check.stderr
    assert "0 violations" in check.stdout
    phone = run(installed, "phone", "--script", "1 completed")
    assert phone.returncode == 0, phone.stderr
    assert "leg    +16123393663: completed" in phone.stdout
    where = subprocess.run(
        [sys.executable, "-c", "import ivr.wording as w; print(w.SHIPPED_PROMPTS)"],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.strip() == str(installed / "ivr" / "prompts")


def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command where the simulator is not installed."""
    code = "import sys; sys.modules['offhook'] = None; from ivr.__main__ import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_line_does_without_a_simulator() -> None:
    """It is checked and printed; a phone, and the documents' walk, say what is to be installed."""
    assert "0 violations" in alone("check").stdout
    assert "flowchart" in alone("map").stdout
    for arguments in (("phone",), ("phone", "--script", "1"), ("load",), ("check", "--documents")):
        result = alone(*arguments)
        assert result.returncode == 2, result.stderr
        assert "pip install '.[simulator]'" in result.stderr


def test_the_line_loads_nothing_of_the_simulator() -> None:
    """Its door, its app and its proofs, in a fresh interpreter."""
    code = "import sys, wsgi, ivr.__main__, ivr.proof.audit; print('offhook' in sys.modules)"
    environ = {**os.environ, "TWILIO_AUTH_TOKEN": "12345"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"


def test_the_line_and_the_simulator_count_the_same_seconds() -> None:
    """What the line measures is what a call in the simulator takes."""
    words = "For a nurse, at any time, press 0. In an emergency: hang up, and dial 911!"
    for language, pace in product(("en", "es", "fr"), (70, 90, 100)):
        assert spoken.seconds(words, pace, language) == speech_rate.seconds(words, pace, language)
    rates = {name: astuple(rate) for name, rate in spoken.RATES.items()}
    assert rates == {name: astuple(rate) for name, rate in speech_rate.RATES.items()}
