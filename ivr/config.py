"""Settings from the environment, and the voice line they describe.

Nothing starts half-configured: every gap and fault in the settings, the directory
and the prompts is gathered into one ConfigError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, combinations
from pathlib import Path
from urllib.parse import quote, urlsplit

from ivr.call.engine import Engine
from ivr.call.flow import (
    ACCEPT,
    ACCEPTING_KEY,
    MUST_NAME,
    SPOKEN_TO_A_TTY,
    build_table,
    extra_word_lists,
    last_wordings,
    prompt_names,
    word_lists,
)
from ivr.call.keys import everywhere, places
from ivr.call.lines import Directory
from ivr.call.nodes import Ask, Medium, Node, Option, Way
from ivr.call.on_tty import EDGE_PROMPTS, EDGE_WORDS, MUST_NAME_ON_TTY, on_tty
from ivr.call.prompts import Prompts
from ivr.call.understanding import Vocabulary
from ivr.config_errors import ConfigError, Fault
from ivr.directory import SHIPPED_DIRECTORY, read_directory
from ivr.wording import SHIPPED_PROMPTS, Needed, PromptsFile, Wording, prompts_files, read_prompts

TWILIO_API = "https://api.twilio.com"

ANYWHERE = Way("")
"""Stands for the way of an option where it does not matter."""


@dataclass(frozen=True)
class Settings:
    """What the operator sets.

    `auth_token` is the Twilio account's, with which it signs; `public_url` the URL
    under which Twilio reaches the app (None: the URL of each request as it comes
    in); `directory` a TOML file; `prompts` a folder of TOML files; `api_url` where
    Twilio's REST API answers, by which a live call is moved.
    """

    auth_token: str = field(repr=False)
    public_url: str | None = None
    directory: Path = SHIPPED_DIRECTORY
    prompts: Path = SHIPPED_PROMPTS
    api_url: str = TWILIO_API

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings as the environment gives them; `faults` says what is wrong with them."""
        directory = environ.get("IVR_DIRECTORY")
        prompts = environ.get("IVR_PROMPTS")
        return cls(
            auth_token=environ.get("TWILIO_AUTH_TOKEN", "").strip(),
            public_url=environ.get("IVR_PUBLIC_URL", "").strip() or None,
            directory=Path(directory) if directory else SHIPPED_DIRECTORY,
            prompts=Path(prompts) if prompts else SHIPPED_PROMPTS,
            api_url=environ.get("TWILIO_API_URL", "").strip() or TWILIO_API,
        )

    @property
    def base_url(self) -> str:
        """The public URL as Twilio writes it; "" if each request's own URL counts.

        Without a slash at its end, and below it neither capitals nor letters that are no
        ASCII in the host, nor the port that goes without saying.
        """
        return folded_url(self.public_url or "") or ""

    def faults(self) -> list[Fault]:
        """What is missing or wrong in the settings themselves."""
        faults = []
        if not self.auth_token.strip():
            remedy = "Set it to the account's auth token, from the Twilio console."
            faults.append(Fault("TWILIO_AUTH_TOKEN", "is not set", remedy))
        if self.public_url is not None:
            faults += _public_url_faults(self.public_url)
        if not _is_base_url(self.api_url):
            remedy = f"Leave it out for Twilio's own, {TWILIO_API}."
            faults.append(Fault("TWILIO_API_URL", "is no URL to call", remedy))
        return faults


WEBHOOKS = ("/voice", "/tty", "/voice/status")
"""What a number is set to, behind the public URL."""

PORTS = {"https": 443, "http": 80}


def folded_url(text: str) -> str | None:
    """A URL in the form in which a client writes it; None if it can't be called.

    RFC 3986, 6.2: scheme and host in small letters, without the port that is the scheme's
    own; RFC 3490: the host in ASCII.
    """
    if not _is_base_url(text):
        return None
    parts = urlsplit(text)
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except UnicodeError:
        return None
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, PORTS[parts.scheme]} else f":{parts.port}"
    path = quote(parts.path.rstrip("/"), safe="/:@!$&'()*+,;=%~")
    return f"{parts.scheme}://{host}{port}{path}"


def _public_url_faults(text: str) -> Iterator[Fault]:
    url = folded_url(text)
    if url is None:
        remedy = "Write it as https://line.example.org, without a query."
        yield Fault("IVR_PUBLIC_URL", "is no URL that Twilio could call", remedy)
    elif url.endswith(WEBHOOKS):
        remedy = "Leave out the webhook's path: https://line.example.org stands for all of them."
        yield Fault("IVR_PUBLIC_URL", "is the URL of a webhook, not of the line", remedy)


def _is_base_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return False
    has_more = url.username or url.password or re.search(r"[\s?#]", text)
    return url.scheme in {"http", "https"} and bool(url.hostname) and not has_more


@dataclass(frozen=True)
class VoiceLine:
    """Everything a call is made of: the directory, the words by language, the engine.

    `tty` is the same for a caller on a TTY, and its `keyed` for one who answers by key.
    """

    directory: Directory
    prompts: Mapping[str, Prompts]
    engine: Engine
    tty: VoiceLine | None = None
    keyed: VoiceLine | None = None


def load_line(directory_path: Path, prompts_folder: Path) -> VoiceLine:
    """The voice line that these files describe. Raises ConfigError with all their faults."""
    line, faults = _load(directory_path, prompts_folder)
    if line is None:
        raise ConfigError(faults)
    return line


def line_from(environ: Mapping[str, str]) -> VoiceLine:
    """The voice line of the files that the environment names. Raises ConfigError as `load_line`."""
    settings = Settings.from_environment(environ)
    return load_line(settings.directory, settings.prompts)


def configure(settings: Settings) -> VoiceLine:
    """The voice line of these settings. Raises ConfigError with every fault there is."""
    line, faults = _load(settings.directory, settings.prompts)
    faults = settings.faults() + faults
    if line is None or faults:
        raise ConfigError(faults)
    return line


def _load(directory_path: Path, prompts_folder: Path) -> tuple[VoiceLine | None, list[Fault]]:
    directory, faults = read_directory(directory_path)
    files, unread = prompts_files(prompts_folder)
    wordings, wrong_words = _read(files)
    faults += [*unread, *wrong_words]
    if directory and wordings and directory.language not in wordings:
        remedy = f"Write one of: {', '.join(sorted(wordings))}."
        where = f"{directory_path.name}: line: language"
        faults.append(Fault(where, "has no prompts file", remedy))
    if directory is None or faults:
        return None, faults
    table = build_table()
    heard = {language: wording.voice for language, wording in wordings.items()}
    read = {language: wording.tty for language, wording in wordings.items()}
    keyed = _line(directory, read, on_tty(table, read_back=False), Medium.TTY)
    tty = replace(_line(directory, read, on_tty(table), Medium.TTY), keyed=keyed)
    return replace(_line(directory, heard, table, Medium.VOICE), tty=tty), []


@lru_cache(maxsize=8)
def _read(files: tuple[PromptsFile, ...]) -> tuple[Mapping[str, Wording], tuple[Fault, ...]]:
    """The words of these files, held against what callers are told and asked: once for each."""
    table = build_table()
    typed = on_tty(table)
    wordings, faults = read_prompts(files, *_needed(table, typed))
    heard = {language: wording.voice for language, wording in wordings.items()}
    read = {language: wording.tty for language, wording in wordings.items()}
    ambiguous = (*_ambiguous(heard, table, "words"), *_ambiguous(read, typed, "tty: words"))
    return wordings, (*faults, *ambiguous)


def _needed(table: Mapping[str, Node], typed: Mapping[str, Node]) -> tuple[Needed, Needed]:
    """What both tables need of the words."""
    accept = {ACCEPT: {ACCEPT: {ACCEPT: ACCEPTING_KEY}}}
    beside = {SPOKEN_TO_A_TTY: everywhere(typed), **accept}
    voice = Needed(
        prompt_names(table),
        word_lists(table),
        extra_word_lists(table),
        {**places(table), **beside},
        MUST_NAME,
        last_wordings(table),
    )
    tty = Needed(
        prompt_names(typed) | EDGE_PROMPTS,
        word_lists(typed) | EDGE_WORDS,
        extra_word_lists(typed),
        {**places(typed), **beside},
        MUST_NAME_ON_TTY,
    )
    return voice, tty


def _line(
    directory: Directory, prompts: Mapping[str, Prompts], table: Mapping[str, Node], medium: Medium
) -> VoiceLine:
    vocabularies = {language: words.vocabulary for language, words in prompts.items()}
    return VoiceLine(directory, prompts, Engine(table, directory, vocabularies, medium))


def _ambiguous(
    prompts: Mapping[str, Prompts], table: Mapping[str, Node], where: str
) -> Iterator[Fault]:
    """Phrases that answer two options of one node."""
    offered = frozenset(
        tuple(replace(option, way=ANYWHERE) for option in node.options)
        for node in table.values()
        if isinstance(node, Ask)
    )
    for language, words in prompts.items():
        for phrase, one, other in _shared(words.vocabulary, offered):
            what = f'has "{phrase}" under {one} and under {other}, which are offered together'
            yield Fault(f"{language}.toml: {where}", what, "Take it out of one of them.")


@lru_cache(maxsize=32)
def _shared(
    vocabulary: Vocabulary, offered: frozenset[tuple[Option, ...]]
) -> tuple[tuple[str, str, str], ...]:
    """What means two options that are offered together, and their words: once for each.

    To compare all that callers may say takes a tenth of a second.
    """
    answers = {
        option: vocabulary.answers(option) for option in frozenset(chain.from_iterable(offered))
    }
    shared = {
        (phrase, one.words, other.words)
        for together in offered
        for one, other in combinations(together, 2)
        if one.words != other.words
        for phrase in answers[one] & answers[other]
    }
    return tuple(sorted(shared))
