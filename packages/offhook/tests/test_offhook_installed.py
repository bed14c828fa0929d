"""offhook in an environment of its own: with what it declares, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PACKAGES = Path(__file__).parents[2]

WEB = '''
"""An app of a project whose own package is called ivr, as Twilio's sample is."""

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/xml")])
    return [b"<Response><Say>Hello from a stranger</Say></Response>"]
'''

TEST = """
def test_the_app_answers(phone):
    assert phone.dial().said == "Hello from a stranger"
"""


def required(name: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    """A distribution, and all that it needs without an extra."""
    if name not in found:
        found[name] = distribution(name)
        for requirement in found[name].requires or []:
            wanted, _, marker = requirement.partition(";")
            if "extra ==" not in marker and "platform" not in marker and "python_" not in marker:
                match = re.match(r"[\w.-]+", wanted)
                assert match is not None
                required(match[0], found)
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with offhook, ttymodem, pytest, and what they declare."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True, with_pip=False)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    needed = required("pytest", required("ttymodem", required("offhook", {})))
    for name in needed.keys() - {"offhook", "ttymodem"}:
        for file in needed[name].files or []:
            top = file.parts[0]
            if top not in {"..", "__pycache__"} and not (place / top).exists():
                (place / top).symlink_to(Path(str(needed[name].locate_file(top))))
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", f"--target={place}"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", *options]
    subprocess.run([*pip, str(PACKAGES / "ttymodem"), str(PACKAGES / "offhook")], check=True)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose own package is called ivr."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "ivr").mkdir()
    (folder / "ivr" / "__init__.py").touch()
    (folder / "ivr" / "web.py").write_text(WEB, "utf-8")
    (folder / "test_web.py").write_text(TEST, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nphone_app = ivr.web:app/answer\n", "utf-8")
    return folder


def run(python: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python there, and nothing of here."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [python, *arguments],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def modules(python: Path, project: Path, code: str) -> Iterator[str]:
    """The top-level modules that code loads in a fresh interpreter."""
    loaded = run(python, project, "-c", f"{code}; import sys; print(*sys.modules)")
    assert loaded.returncode == 0, loaded.stderr
    yield from {name.partition(".")[0] for name in loaded.stdout.split()}


def test_it_calls_the_app_of_a_project_whose_package_is_called_ivr(
    python: Path, project: Path
) -> None:
    """`offhook phone ivr.web:app/answer` calls that project's app."""
    result = run(python, project, "-m", "offhook", "phone", "ivr.web:app/answer", "--script", "")
    assert result.returncode == 0, result.stderr
    assert "Hello from a stranger" in result.stdout


def test_a_pytest_run_there_is_not_disturbed(python: Path, project: Path) -> None:
    """The plugin calls that project's app, and loads nothing called ivr of its own."""
    result = run(python, project, "-m", "pytest", "-q")
    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_without_a_target_it_says_what_to_name(python: Path, project: Path) -> None:
    """There is no app beside it."""
    result = run(python, project, "-m", "offhook", "phone", "--script", "")
    assert result.returncode == 2
    assert "name the app to call" in result.stderr


def test_an_extra_that_is_missing_is_named(python: Path, project: Path) -> None:
    """What a plain install can't do says which extra does it."""
    for option, extra in (("--browser", "browser"), ("--tty", "tty")):
        result = run(python, project, "-m", "offhook", "phone", "ivr.web:app", option)
        assert result.returncode == 2, result.stderr
        assert f"`{extra}`" in " ".join(result.stderr.split())


def test_its_doors_load_nothing_of_the_line(python: Path, project: Path) -> None:
    """Neither does the command: Flask, Twilio's library and the calendars stay away."""
    loaded = set(modules(python, project, "import offhook, ttymodem, offhook.commands"))
    assert not loaded & {"ivr", "flask", "twilio", "holidays", "numpy", "websockets", "textual"}
