"""`ivr fallback --compare`: whether what is hosted elsewhere is today's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from line_facts import CARELINE
from werkzeug import Response

from ivr.__main__ import main
from ivr.directory import SHIPPED_DIRECTORY
from offhook.callers.loopback import Loopback

OWN = "+19525550100"


def printed(*options: str) -> str:
    """What `ivr fallback` prints."""
    result = CliRunner().invoke(main, ["fallback", *options])
    assert result.exit_code == 0, result.output
    return result.output


def compared(place: Path | str, *options: str) -> Result:
    """How a document compares."""
    return CliRunner().invoke(main, ["fallback", "--compare", str(place), *options])


@pytest.fixture
def hosted(tmp_path: Path) -> Path:
    """The fallback as it is printed today."""
    path = tmp_path / "fallback.xml"
    path.write_text(printed("--caller-id", OWN))
    return path


def test_what_is_printed_today_is_today_s(hosted: Path) -> None:
    """With the caller id that it has, or the same one named."""
    for options in ((), ("--caller-id", OWN)):
        result = compared(hosted, *options)
        assert (result.exit_code, result.output) == (
            0,
            "The hosted fallback dials and names today's numbers.\n",
        )


def test_the_fallback_of_a_number_of_the_careline_s_is_compared_as_such(tmp_path: Path) -> None:
    """It does not dial itself, and that is right."""
    path = tmp_path / "fallback.xml"
    path.write_text(printed("--caller-id", CARELINE[0]))
    assert compared(path).exit_code == 0


def test_an_edited_directory_is_noticed(
    hosted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it dials and what it reads out are both named, old and new."""
    new = "+16123390000"
    directory = tmp_path / "directory.toml"
    directory.write_text(SHIPPED_DIRECTORY.read_text("utf-8").replace(CARELINE[0], new))
    monkeypatch.setenv("IVR_DIRECTORY", str(directory))
    result = compared(hosted)
    assert result.exit_code == 1
    assert f"it dials {CARELINE[0]}, {CARELINE[1]}; today's dials {new}, {CARELINE[1]}" in (
        result.output
    )
    assert "it reads out 911, 6123393663" in result.output


def test_numbers_that_are_only_said_are_compared_too(hosted: Path) -> None:
    """A caller who was not put through dials what was read out."""
    hosted.write_text(hosted.read_text().replace(">3663<", ">3664<"))
    result = compared(hosted)
    assert result.exit_code == 1
    assert "it dials" not in result.output
    assert "6123393664" in result.output


def test_another_caller_id_is_noticed(hosted: Path) -> None:
    """A withheld caller would be put through as another number, or not at all."""
    result = compared(hosted, "--caller-id", "+19525550101")
    assert result.exit_code == 1
    assert f"it dials as {OWN}; today's dials as +19525550101" in result.output


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<",
        b"\xff\xfe<",
        b"not found",
        b"<Response/>",
        b"<a><Dial/></a>",
        b'<!DOCTYPE r [<!ENTITY a "b">]><Response><Dial>&a;</Dial></Response>',
        b'<?xml version="1.0" encoding="nix"?><Response><Dial/></Response>',
        b"<Response><Dial/>" + b" " * 70_000 + b"</Response>",
    ],
    ids=range(9),
)
def test_what_is_no_fallback_is_named(tmp_path: Path, content: bytes) -> None:
    """One line and exit status 2, whatever it is."""
    path = tmp_path / "hosted"
    path.write_bytes(content)
    result = compared(path)
    assert result.exit_code == 2
    assert result.output.startswith("ivr: the hosted fallback: ")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("place", ["/no/such/file", "/", "https:///x", "nix://x", "http://["])
def test_what_can_not_be_read_is_named(place: str) -> None:
    """The same."""
    result = compared(place)
    assert result.exit_code == 2
    assert result.output.startswith("ivr: the hosted fallback: ")
    assert result.output.count("\n") == 1


@pytest.fixture
def host(hosted: Path) -> Iterator[str]:
    """Where the document is served."""

    def serve(environ: dict[str, str], start_response: object) -> object:
        status = 200 if environ["PATH_INFO"] == "/fallback" else 404
        return Response(hosted.read_bytes(), status)(environ, start_response)  # type: ignore[arg-type]

    with Loopback() as loopback:
        loopback.serve(serve)  # type: ignore[arg-type]
        yield loopback.url


@pytest.mark.slow
def test_a_url_is_fetched(host: str) -> None:
    """An error page of its host is no fallback."""
    assert compared(f"{host}/fallback").exit_code == 0
    assert compared(f"{host}/gone").exit_code == 2
