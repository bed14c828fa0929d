"""The arrows between the parts, the purity of the call, and where words and numbers live."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ivr.wording import SHIPPED_PROMPTS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ivr"
MODULES = sorted(PACKAGE.rglob("*.py"))
STANDARD_FOR_THE_CALL = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "itertools",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
}

HOUSES = {
    "back-pain-line": ROOT,
    "offhook": ROOT / "packages" / "offhook",
    "ttymodem": ROOT / "packages" / "ttymodem",
}
"""The distributions of this repository, which are on no index."""

BAUDOT = "ttymodem.baudot"
TEXT = {BAUDOT, "ivr.tty.text", "ivr.tty.passages"}
"""What a TTY shows, without its sound: documents play it, and the proofs measure it."""

RUNS_DOCUMENTS = {"document_walk.py": {"offhook", "ivr.tty.tickets", "ivr.tty"}}
"""The one module of the proofs that runs documents, as Twilio does, and what it needs for that."""


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a module's source."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def part_of(module: str) -> str:
    """What a module belongs to: `ivr.call.nodes` to `ivr.call`, `ttymodem.modem` to its house."""
    return ".".join(module.split(".")[: 2 if module.startswith("ivr.") else 1])


def test_the_call_is_pure() -> None:
    """ivr.call imports nothing but itself and a few modules that do no input or output."""
    for path in (PACKAGE / "call").glob("*.py"):
        for module in imports(path):
            assert part_of(module) == "ivr.call" or module.split(".")[0] in STANDARD_FOR_THE_CALL
        assert not re.search(
            r"\.(now|today|utcnow|fromtimestamp)\(|\bopen\(|os\.environ", path.read_text("utf-8")
        )


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ("simulator", {"offhook", "ivr.spoken", "ttymodem"}),
        ("tty", {"ivr.tty", "ivr.call", "ivr.config", "ivr.faults", "ttymodem"}),
        ("voice", {"ivr.voice", "ivr.call", "ivr.config", "ivr.faults", "ivr.tty.tickets", *TEXT}),
        ("proof", {"ivr.proof", "ivr.call", "ivr.config", "ivr.spoken", *TEXT}),
    ],
)
def test_dependencies_point_inward(part: str, allowed: set[str]) -> None:
    """Each part imports the call and what configures it; the simulator knows nothing of the app."""
    for path in (PACKAGE / part).rglob("*.py"):
        named = {module for module in imports(path) if module.split(".")[0] in {"ivr", *HOUSES}}
        ours = {module if module in allowed else part_of(module) for module in named}
        assert ours <= allowed | RUNS_DOCUMENTS.get(path.name, set()), path.name


def test_the_modem_knows_nothing_of_the_others() -> None:
    """It imports itself alone, of what is in this repository."""
    for path in (HOUSES["ttymodem"] / "ttymodem").glob("*.py"):
        assert not {"ivr", "offhook"} & {module.split(".")[0] for module in imports(path)}


def test_the_proofs_of_the_table_do_without_a_simulator() -> None:
    """Only what walks the documents imports the simulator, and no proof imports that."""
    for path in (PACKAGE / "proof").glob("*.py"):
        assert "ivr.proof.document_walk" not in imports(path), path.name


@pytest.mark.slow
def test_what_a_plain_install_runs_needs_no_extra() -> None:
    """Neither the voice line nor the proofs import numpy or a WebSocket."""
    code = "import sys, ivr.voice.webhooks, ivr.proof.audit; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not {"numpy", "websockets", "textual"} & set(result.stdout.split())


def test_no_words_that_a_caller_hears_stand_in_the_code() -> None:
    """No prompt, nor the beginning of one, is in any Python file."""
    prompts = tomllib.loads((SHIPPED_PROMPTS / "en.toml").read_text("utf-8"))["prompts"]
    spoken = {text.strip()[:25] for text in texts(prompts) if len(text.strip()) >= 25}
    assert len(spoken) > 50
    for path in MODULES:
        code = path.read_text("utf-8")
        for words in spoken:
            assert words not in code, path.name


def texts(table: dict[str, object]) -> Iterator[str]:
    for value in table.values():
        if isinstance(value, dict):
            yield from texts(value)
        else:
            yield str(value)


def test_no_phone_number_of_the_services_stands_in_the_code() -> None:
    """Numbers are configuration: they are in the directory alone."""
    for path in MODULES:
        assert not re.search(r"9528835|6123393663|8005510859|8008832177", path.read_text("utf-8"))


def test_functions_stay_short() -> None:
    """Of 100 functions, 95 have fewer than 25 lines."""
    functions = [
        node
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [each.name for each in functions if each.end_lineno - each.lineno >= 24]  # type: ignore[operator]
    assert len(long) <= 0.05 * len(functions), long


def requirements() -> Iterator[str]:
    """The names of what the houses depend on, each other left out."""
    for folder in HOUSES.values():
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        extras = project["optional-dependencies"].values()
        for requirement in [
            *project["dependencies"],
            *(name for group in extras for name in group),
        ]:
            name = re.match(r"[\w-]+", requirement)
            assert name is not None
            if name[0] not in HOUSES:
                yield name[0]


def test_the_lock_holds_every_dependency_and_no_address() -> None:
    """Everything that a pyproject names is locked with hashes, without a URL."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    for name in requirements():
        assert re.search(rf"^{name}==\S+ .*\\\n +--hash=", lock, re.MULTILINE), name


def test_no_index_is_asked_for_the_houses() -> None:
    """The lock leaves them out, and what depends on one names its folder."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    for name, folder in HOUSES.items():
        assert not re.search(rf"^{name}\b", lock, re.MULTILINE)
        for line in (folder / "pyproject.toml").read_text("utf-8").splitlines():
            for source in re.findall(
                r'"(?:ttymodem|offhook)(?:\[\w+\])?( @ [^"]*|[<>=~!;][^"]*|)"', line
            ):
                assert line.startswith(("name =", "packages =")) or "{root:" in source, line


def test_every_dependency_is_explained() -> None:
    """docs/dependencies.md has a line for each dependency that a pyproject names."""
    explained = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    for name in requirements():
        assert f"| {name} |" in explained, name
