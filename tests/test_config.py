"""Nothing starts half-configured: every gap and fault is said at once, with its remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr import ConfigError, Settings, create_app
from ivr.call.prompts import spelled
from ivr.config import configure, load_line
from ivr.directory import SHIPPED_DIRECTORY, read_directory
from ivr.holiday_calendar import known_holidays
from ivr.wording import SHIPPED_PROMPTS

ROOT = Path(__file__).parents[1]
DIRECTORY = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS).directory


def faults_of(settings: Settings) -> str:
    """What keeps the line from starting, in one text."""
    with pytest.raises(ConfigError) as raised:
        create_app(settings)
    return str(raised.value)


def directory_with(tmp_path: Path, *changes: tuple[str, str], more: str = "") -> Path:
    """The shipped directory with some texts replaced and some added."""
    text = SHIPPED_DIRECTORY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "directory.toml"
    path.write_text(text + more, encoding="utf-8")
    return path


def prompts_with(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """A folder with the shipped English prompts, some texts replaced."""
    text = (SHIPPED_PROMPTS / "en.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "en.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_all_gaps_are_reported_at_once(tmp_path: Path) -> None:
    """A missing token, a wrong URL, a missing directory and missing prompts come together."""
    message = faults_of(
        Settings.from_environment(
            {
                "IVR_PUBLIC_URL": "line.example.org",
                "IVR_DIRECTORY": str(tmp_path / "no-directory.toml"),
                "IVR_PROMPTS": str(tmp_path / "no-prompts"),
            }
        )
    )
    for where in ("TWILIO_AUTH_TOKEN", "IVR_PUBLIC_URL", "no-directory.toml", "no-prompts"):
        assert where in message
    assert "4 faults" in message


def test_faults_of_a_directory_are_reported_at_once(tmp_path: Path) -> None:
    """Everything wrong in one directory file is listed, each with what to do."""
    path = directory_with(
        tmp_path,
        ('toll_free = "+18005510859"', 'toll_free = "800-551-0859"'),
        ('zone = "America/Chicago"', 'zone = "America/Minneapolis"'),
        ('monday = ["07:00-19:00"]', 'monday = ["7-19"]'),
        ("sunday = []", 'sonday = ["19:00-07:00"]'),
        ('language = "en" ', 'language = ["en"] '),
        more="""
        [[navigator.closures]]
        holiday = "Thanksgiving"
        [[navigator.closures]]
        date = 2026-12-24T12:00:00
        [[navigator.closures]]
        dates = 2026-12-24
        """,
    )
    directory, faults = read_directory(path)
    assert directory is None
    text = "\n".join(map(str, faults))
    for part in (
        "careline: toll_free: can't be used",
        "hours: zone: is no time zone",
        "hours: monday: has hours that can't be read",
        "hours: sunday: is missing",
        "hours: sonday: is not a known key",
        "line: language: is of the wrong kind",
        "closures 1: holiday: is no US holiday",
        "Thanksgiving Day",
        "closures 2: date: has a time of day",
        "closures 3: date: is missing",
        "closures 3: dates: is not a known key",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('tty_numbers = ["+19525550171"]', 'tty_numbers = ["+19528835127"]'), "the line dials"),
        (('emergency = "911"', 'emergency = ""'), "emergency: can't be used"),
        (('crisis = "988"', 'crisis = "98"'), "crisis: can't be used"),
        (('operator = "HealthPartners"', 'operator = "  "'), "operator: can't be used"),
        (('operator = "HealthPartners"', 'operator = "Smith & Sons"'), "operator: has &"),
        (('operator = "HealthPartners"', ""), "operator: is missing"),
        (('language = "en"', 'language = "fr"'), "has no prompts file"),
        (("[careline]", '[careline]\nhours = "24/7"'), "never closes"),
        (("[careline]", "[carelines]"), "careline: is missing"),
        (("monday = [", "monday = [ 7, "), "holds an entry that can't be used"),
        (("monday = [", 'monday = ["08:00-20:00", '), "monday: has hours that overlap"),
        (('local = "+16123393663"', 'local = "+1612339366"'), "local: can't be used"),
        (("[line]", "[line"), "is not TOML"),
    ],
)
def test_a_faulty_directory_keeps_the_line_from_starting(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    """Each fault is named, and the app does not start."""
    path = directory_with(tmp_path, change)
    assert fault in faults_of(Settings("token", directory=path))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('goodbye = "Thank you', 'goodbie = "Thank you'), "goodbye: is missing"),
        (('busy = "That number is busy."', 'busy = "  "'), "busy: can't be used"),
        (("{careline-tty}", "{careline-ttty}"), "{careline-ttty}, which does not exist"),
        (('busy = "That', 'busy = "{That'), "has a brace that can't be read"),
        (('busy = "That', 'busy = "{relay!r} That'), "has a brace that can't be read"),
        (('busy = "That', 'busy = "\\u0007That'), "busy: can't be used"),
        (('busy = "That', 'busy = "{time} That'), "{time}, which does not exist"),
        (('nope"', 'Nope!"'), "which can never be heard"),
        (('name = "Polly', 'name = "\\u0007Polly'), "name: can't be used"),
        (("pace = 95", "pace = 5"), "pace: is out of range"),
        (("slow = 85", "slow = 96"), "slow: is faster than the pace"),
        (('"Saturday", ', ""), "has 6 entries"),
        (('ready = ["ready"', 'redy = ["ready"'), "ready: is missing"),
        (('"nothing works"', '"nothing {works}"'), "no list for {works}"),
        (('"just fine"', '"just {such}"'), "a part in a part"),
        (('"perfectly fine"', '"{fine} {fine}"'), "a part in a part"),
        (
            ("""back = ["back", "go back", "pound"]""", "back = []"),
            "back: is empty",
        ),
        (("{half}", "{halves}"), "{halves}, which does not exist"),
        (("[voice]", "[voices]"), "voices: is not a known key"),
        (("[voice]", "[voice]\nrate = { word = 9, sentence = 0, comma = 0 }"), "rate: word: is no"),
        (("[keys]", "[key]"), "keys: is missing"),
        (('press = ["press"]', "press = []"), "press: is empty"),
        (("hang up and dial {emergency}.", "ask for help."), "does not name {emergency}"),
        (("line of {operator}", "line"), "greeting: does not name {operator}"),
        (("For yes, press {yes}", "For yes, press 2"), 'answer-keys.ask: has "press 2" written by'),
        (("press {pelvic-tilt}", "Press  3"), 'exercise-menu.ask: has "Press  3" written by hand'),
        (("press {back}", "press the pound key"), 'has "the pound key" written by hand'),
        (("press {symptoms}", "press {exercise}"), "{exercise}, which does not exist"),
        (("your time.", "your time, or press {back}."), "{back}, which is no key at bladder-bowel"),
        (
            ("still here.", "still here. For T T Y, press {tty}."),
            "{tty}, which a TTY is not offered",
        ),
    ],
)
def test_faulty_prompts_keep_the_line_from_starting(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    """Each fault in a prompts file is named, and the app does not start."""
    folder = prompts_with(tmp_path, change)
    assert fault in faults_of(Settings("token", prompts=folder))


@pytest.mark.parametrize(
    "character",
    ["*", "\N{DEGREE SIGN}", "\N{EURO SIGN}", "\N{COPYRIGHT SIGN}", "\U0001f600", "&"],
    ids=["star", "degree", "euro", "copyright", "emoji", "ampersand"],
)
@pytest.mark.parametrize(
    ("before", "where"),
    [
        ('still-here = "', "prompts: still-here"),
        ('more-to-read = "', "tty: prompts: more-to-read"),
        ('every_day = "', "calendar: every_day"),
        ('star = "', "keys: star"),
    ],
)
def test_what_a_tty_can_not_show_is_named(
    tmp_path: Path, before: str, where: str, character: str
) -> None:
    """The character, the prompt and what to do, in one fault of its own, without a traceback."""
    folder = prompts_with(tmp_path, (before, before + character))
    message = faults_of(Settings("token", prompts=folder))
    assert f"1 fault\n  - en.toml: {where}: has {character}, which a TTY can't show" in message
    assert "Write it in words" in message


def test_a_prompt_says_the_key_that_the_table_has(tmp_path: Path) -> None:
    """The words for a key are the file's, the key is that of the option where it is asked."""
    folder = prompts_with(tmp_path, ('star = "the star key"', 'star = "the key with the star"'))
    prompts = configure(Settings("token", prompts=folder)).prompts["en"]
    said = {name: spelled(prompts.parts(name, DIRECTORY)) for name in ("any-time", "main-menu.ask")}
    assert said["any-time"] == "For a nurse, at any time, press 0.\nFor T T Y, press 9."
    assert "For your benefits and treatment options, press 2." in said["main-menu.ask"]
    assert said["main-menu.ask"].endswith("press the key with the star.")


def test_a_second_language_is_served_beside_the_first(tmp_path: Path) -> None:
    """One more prompts file is one more language, without a change of code."""
    folder = prompts_with(tmp_path)
    english = (folder / "en.toml").read_text(encoding="utf-8")
    (folder / "es.toml").write_text(
        english.replace("Thank you for calling.", "Gracias por llamar."), encoding="utf-8"
    )
    line = configure(Settings("token", prompts=folder))
    assert sorted(line.prompts) == ["en", "es"]
    assert "Gracias" in line.prompts["es"].texts["goodbye"]


def test_a_prompts_file_is_named_after_its_language(tmp_path: Path) -> None:
    """A file of another name is a fault, not a language."""
    folder = prompts_with(tmp_path)
    (folder / "en.toml").rename(folder / "notes 1.toml")
    assert "is not named after a language" in faults_of(Settings("token", prompts=folder))


def test_a_phrase_can_not_mean_two_things_at_once(tmp_path: Path) -> None:
    """Under no and not sure, the same words are a fault at start-up."""
    folder = prompts_with(tmp_path, ('no = ["no", "nope",', 'no = ["no", "nope", "not sure",'))
    assert '"not sure" under' in faults_of(Settings("token", prompts=folder))


@pytest.mark.parametrize(
    "url",
    [
        "line.example.org",
        "ftp://x.org",
        "https://",
        "https://x.org/?a=b",
        "http://[::1",
        "https://x:y",
        "https://x.org/voice",
        "https://x.org/voice/",
        "https://x.org/ivr/voice/status",
        "https://x.org/tty",
        "https://user:word@x.org",
        "https://x y.org",
        f"https://{'x' * 64}.org",
    ],
)
def test_a_public_url_has_to_be_one(url: str) -> None:
    """What Twilio could not call is refused at start-up."""
    assert "IVR_PUBLIC_URL" in faults_of(Settings("token", url))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("HTTPS://LINE.Example.org/", "https://line.example.org"),
        ("https://line.example.org:443", "https://line.example.org"),
        ("http://line.example.org:80/ivr/", "http://line.example.org/ivr"),
        ("https://line.example.org:8443", "https://line.example.org:8443"),
        ("https://ex\u00e4mple.org/\u00e4", "https://xn--exmple-cua.org/%C3%A4"),
        ("https://[2001:DB8::1]:443/a%20b", "https://[2001:db8::1]/a%20b"),
        ("https://line.example.org/Voice", "https://line.example.org/Voice"),
    ],
)
def test_a_public_url_is_folded(written: str, means: str) -> None:
    """However it is written, documents hold it as Twilio calls it."""
    assert Settings("token", written).base_url == means
    assert "IVR_PUBLIC_URL" not in faults_of(Settings("", written))


def test_the_token_is_in_no_printed_settings() -> None:
    """Settings can be printed without giving the token away."""
    assert "s3cret" not in repr(Settings("s3cret"))


def test_the_known_holidays_have_the_federal_ones() -> None:
    """All eleven US federal holidays can be named."""
    assert len(known_holidays()) == 11
    assert {"Christmas Day", "Juneteenth National Independence Day"} <= known_holidays()


@pytest.mark.slow
def test_the_wsgi_app_says_what_is_missing_without_a_traceback() -> None:
    """Loading wsgi without settings exits with gunicorn's boot failure and one message."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO")}
    result = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 3
    assert "TWILIO_AUTH_TOKEN: is not set" in result.stderr
    assert "Traceback" not in result.stderr
