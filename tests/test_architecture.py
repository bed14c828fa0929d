"""The arrows between the parts, the purity of the call, and where words and numbers live."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
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

ROOMS = {
    "ivr": (
        *("call", "config_errors", "tables", "holiday_calendar", "directory", "wording", "config"),
        *(
            "spoken",
            "text",
            "twilio",
            "proof",
            "",
            "served_line",
            "own_line",
            "own_documents",
            "__main__",
        ),
    ),
    "offhook": (
        *(
            "events",
            "event_table",
            "needs",
            "account",
            "interpreter",
            "carrier",
            "rest",
            "media",
            "transcript",
        ),
        *("audio", "callers", "tty", "terminal", "browser", "load", "", "commands"),
        *("pytest_plugin", "__main__"),
    ),
    "ttymodem": (
        *(
            "baudot",
            "wav",
            "ulaw",
            "timeline",
            "tones",
            "speech",
            "receiver",
            "echo",
            "detector",
            "modem",
            "files",
        ),
        *("commands", "", "__main__"),
    ),
}
"""What stands in each house, in the order in which it may import; "" is the door."""

PACKAGES = {
    "ivr": PACKAGE,
    "offhook": HOUSES["offhook"] / "offhook",
    "ttymodem": HOUSES["ttymodem"] / "ttymodem",
}
PATHS = [
    (house, path) for house, folder in PACKAGES.items() for path in sorted(folder.rglob("*.py"))
]

MAY_LOAD_OFFHOOK = {"ivr.own_line", "ivr.own_documents", "ivr.proof.document_walk"}
"""What places calls on the line, or runs its documents; nothing else of it knows a simulator."""

TWILIOS = {"flask", "twilio", "werkzeug"}
"""What speaks with Twilio: of the line, one room and its door, and who places calls on it."""


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a module's source."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in PACKAGES:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def named(path: Path, house: str) -> str:
    """The name of a module: `ivr.call.nodes`; a package has its folder's."""
    parts = path.relative_to(PACKAGES[house].parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def room(module: str) -> str:
    """The room of a house that a module is in: "call" of `ivr.call.nodes`, "" of what is a door."""
    house, _, rest = module.partition(".")
    first = rest.partition(".")[0]
    return first if first in ROOMS[house] else ""


def test_the_call_is_pure() -> None:
    """ivr.call imports nothing but itself and a few modules that do no input or output."""
    for path in (PACKAGE / "call").glob("*.py"):
        for module in imports(path):
            ours = module.startswith("ivr.call")
            assert ours or module.split(".")[0] in STANDARD_FOR_THE_CALL
        assert not re.search(
            r"\.(now|today|utcnow|fromtimestamp)\(|\bopen\(|os\.environ", path.read_text("utf-8")
        )


def test_data_flows_one_way() -> None:
    """A room imports what stands before it, and so no two rooms import each other."""
    for house, path in PATHS:
        order = ROOMS[house]
        here = order.index(room(named(path, house)))
        for module in imports(path):
            if module.partition(".")[0] == house:
                assert order.index(room(module)) <= here, f"{named(path, house)}: {module}"


def test_every_room_has_a_place_in_the_order() -> None:
    """What is in a house is named above."""
    for house, folder in PACKAGES.items():
        found = {each.stem for each in folder.iterdir() if each.suffix == ".py" or is_package(each)}
        assert found - {"__init__"} == set(ROOMS[house]) - {""}


def is_package(folder: Path) -> bool:
    return (folder / "__init__.py").exists()


def test_the_houses_keep_to_themselves() -> None:
    """The modem knows nothing of the others, the simulator nothing of the line."""
    knows = {"ivr": {"ttymodem"}, "offhook": {"ttymodem"}, "ttymodem": set[str]()}
    for house, path in PATHS:
        module = named(path, house)
        allowed = knows[house] | ({"offhook"} if module in MAY_LOAD_OFFHOOK else set())
        others = PACKAGES.keys() - {house}
        found = {each.partition(".")[0] for each in imports(path)} & others
        assert found <= allowed, module


def test_twilios_words_are_in_one_room() -> None:
    """Its library, and the web framework, are imported in one room of the line alone."""
    for house, path in PATHS:
        module = named(path, house)
        if house == "ivr" and not module.startswith("ivr.twilio") and module != "ivr":
            used = {each.partition(".")[0] for each in imports(path)} & TWILIOS
            assert not used or module in MAY_LOAD_OFFHOOK, module


def test_the_proofs_of_the_table_do_without_a_simulator() -> None:
    """Only what walks the documents imports the simulator, and no proof imports that."""
    for path in (PACKAGE / "proof").glob("*.py"):
        assert "ivr.proof.document_walk" not in imports(path), path.name


@pytest.mark.slow
def test_what_a_plain_install_runs_needs_no_extra() -> None:
    """Neither the voice line nor the proofs import numpy or a WebSocket."""
    code = "import sys, ivr.twilio.webhooks, ivr.proof.audit; print(*sys.modules)"
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
        for _, path in PATHS
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


DOORS = [(house, path) for house, path in PATHS if path.name == "__init__.py"]


@pytest.mark.parametrize(("house", "path"), DOORS, ids=lambda each: getattr(each, "parent", each))
def test_a_door_names_what_is_behind_it(house: str, path: Path) -> None:
    """Each package's docstring has a line for each of its modules, and for no other."""
    text = ast.get_docstring(nodes(path)[0], clean=False) or ""  # type: ignore[arg-type]
    told = set(re.findall(r"^ *(\w+)  +\S", text, re.MULTILINE))
    modules = {
        each.stem
        for each in path.parent.iterdir()
        if (each.suffix == ".py" and not each.stem.startswith("__")) or is_package(each)
    }
    assert told - {"static"} == modules, f"{house}: {path.parent.name}"


ALSO_OF_LIBRARIES = {"label", "line", "text"}
"""Attributes of ours whose names those of XML elements and widgets have."""


def test_attributes_are_set_where_their_class_stands() -> None:
    """Whoever else wants something changed asks for it by a method."""
    held = {path: set(attributes(path)) for _, path in PATHS}
    ours = set().union(*held.values()) - ALSO_OF_LIBRARIES
    for _, path in PATHS:
        for name, line in set_on_others(path):
            assert name not in ours - held[path], f"{path}, line {line}, sets {name}"


def attributes(path: Path) -> Iterator[str]:
    """The attributes that the objects of a file's classes have."""
    for node in nodes(path):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name
            case ast.ClassDef(body=body):
                for field in body:
                    if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                        yield field.target.id


def set_on_others(path: Path) -> Iterator[tuple[str, int]]:
    """The attributes that a file sets on other objects than `self`, and in which line."""
    for node in nodes(path):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name, ctx=ast.Store(), lineno=line):
                yield name, line


@pytest.mark.parametrize("house", PACKAGES)
def test_no_class_stands_for_two_things(house: str) -> None:
    """In a house each class has a name of its own."""
    counts = Counter(
        node.name
        for where, path in PATHS
        if where == house
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in counts.items() if count > 1] == []


TWICE = {
    "call": "a call, as each room that holds one has it: as it is run, in the browser, by TTY",
    "phone": "a phone, and the command that has its name",
    "scenario": "a scenario, and the command that has its name",
    "script": "words to be followed, by a caller and by one on a TTY",
}
"""Modules of the simulator that have another's name, and what they share with it."""


def test_no_module_stands_for_two_things() -> None:
    """In a house each module has a name of its own, but for those that are told above."""
    for house in PACKAGES:
        counts = Counter(path.stem for where, path in PATHS if where == house)
        twice = {name for name, count in counts.items() if count > 1 and name[0] != "_"}
        assert twice == (TWICE.keys() if house == "offhook" else set()), house
