"""``levee pull TOOL URL``: fetch a form's answers, coded like an upload, into a folder."""

from __future__ import annotations

import argparse
import getpass
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.errors import LeveeError, PullError
from dashboard.pull.client import LOOPBACK, Token, load_httpx
from dashboard.pull.tokens import find_token, forget_token, keep_token
from dashboard.pull.tools import TOOLS, Source, find_source, pull
from dashboard.sentences import say_error
from dashboard.text import LANGUAGES, Text
from dashboard.workspace.keys import named_key
from dashboard.workspace.redaction import Redaction, redact_file


def add_pull(commands: Any, words: Callable[[argparse.Namespace], Text]) -> None:  # noqa: ANN401
    """Add the command to the parser."""
    command = commands.add_parser(
        "pull",
        help="fetch answers from KoboToolbox, ODK Central or REDCap (needs levee[pull])",
        description=(
            "Fetches the answers of one form and writes them with codes in place of personal "
            "data. The token is asked for, and kept in the system's keyring only."
        ),
    )
    command.add_argument("tool", choices=tuple(TOOLS))
    command.add_argument("url", metavar="URL", help="the server, or the form's page")
    command.add_argument("--form", default="", help="form: UID (kobo), PROJECT/FORM (odk)")
    command.add_argument("-o", "--output", type=Path, default=Path(), metavar="DIR")
    command.add_argument("--yes", action="store_true", help="contact the server without asking")
    command.add_argument("--token-stdin", action="store_true", help="read the token from input")
    command.add_argument("--forget", action="store_true", help="take the token out of the keyring")
    command.add_argument("--language", choices=tuple(LANGUAGES))
    command.set_defaults(run=lambda arguments: _run(words(arguments), arguments))


def _run(text: Text, arguments: argparse.Namespace) -> int:
    source = find_source(arguments.tool, arguments.url, arguments.form)
    if arguments.forget:
        gone = forget_token(source.tool, source.address)
        print(text("The token was forgotten.") if gone else text("No token was kept."))
        return 0
    load_httpx()
    _confirm(text, source, sure=arguments.yes)
    token, asked = _token(text, source, piped=arguments.token_stdin)
    pulled = pull(source, token)
    if asked and keep_token(source.tool, source.address, token):
        print(text("The token is kept in this computer's keyring; --forget takes it out."))
    for name in pulled.repeats:
        print("!", text("Repeated questions were not fetched: {name}", name=name))
    return _write(text, arguments.output, dict(pulled.files))


def _confirm(text: Text, source: Source, *, sure: bool) -> None:
    """Name the server before anything is sent to it."""
    own = source.address.host in LOOPBACK
    print(
        text("This contacts {host} (this computer).", host=source.address.name)
        if own
        else text("This contacts {host} and sends the token there.", host=source.address.name),
        file=sys.stderr,
    )
    if sure:
        return
    if not sys.stdin.isatty():
        raise PullError("pull_not_confirmed", host=source.address.name)
    answer = input(text("Go on? [y/N] ")).strip().casefold()
    if answer not in ("y", "yes", "是", "好"):
        raise PullError("pull_not_confirmed", host=source.address.name)


def _token(text: Text, source: Source, *, piped: bool) -> tuple[Token, bool]:
    """The token, and whether a person typed it just now."""
    if piped:
        told = sys.stdin.readline().strip()
    else:
        kept = find_token(source.tool, source.address)
        if kept is not None:
            return kept, False
        if not sys.stdin.isatty():
            raise PullError("pull_no_token", host=source.address.name)
        told = getpass.getpass(text("Token for {host}: ", host=source.address.name)).strip()
    if not told:
        raise PullError("pull_no_token", host=source.address.name)
    return Token(told), not piped


def _write(text: Text, folder: Path, files: dict[str, bytes]) -> int:
    """Write what was fetched as an upload would be saved: opened in the child process, coded."""
    folder.mkdir(parents=True, exist_ok=True)
    # One key for a folder: the next pull of the same people gives the same codes.
    key = named_key(hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16])
    coded = {name: redact_file(content, name, key) for name, content in files.items()}
    names = frozenset[str]().union(*(one.names for one in coded.values()))
    failed = 0
    for name, content in files.items():
        one = coded[name]
        if one.safe and names - one.names:
            one = redact_file(content, name, key, names=names)
        if not one.safe:
            print(f"! {_refusal(text, one)}", file=sys.stderr)
            failed += 1
            continue
        path = folder / Path(one.name).name
        path.write_bytes(one.content)
        print(path)
        if one.columns:
            print(" ", text("Codes in place of: {columns}", columns=", ".join(one.columns)))
    return 2 if failed else 0


def _refusal(text: Text, one: Redaction) -> str:
    if isinstance(one.error, LeveeError):
        return say_error(text, one.error)
    return text(
        "{file} was not saved: it holds personal data ({columns}) that could not be replaced "
        "by codes. Take these columns out, or save the file as xlsx or csv, and upload it "
        "again.",
        file=one.name,
        columns=", ".join(one.columns) or "–",
    )
