"""What `pip install .` puts on a machine works from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
