"""Fetching from KoboToolbox, ODK Central and REDCap: pages, refusals, limits, and the token."""

import io
import json
import logging
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from analysis.errors import PullError
from analysis.intake.propose.proposal import propose_study, read_sheets
from analysis.intake.read.reader import read_study
from dashboard.cli import main
from dashboard.pull import client
from dashboard.pull.client import Connection, Token, parse_address
from dashboard.pull.tools import find_source, pull
from dashboard.sentences import say_error
from dashboard.text import Text
from tests.errors import coded
from tests.pull.conftest import ANSWERS, RECORDS, TOKEN

WAYS = {
    "kobo": lambda url: find_source("kobo", f"{url}/#/forms/aForm1/summary"),
    "odk": lambda url: find_source("odk", f"{url}/#/projects/2/forms/base%20line/submissions"),
    "redcap": lambda url: find_source("redcap", f"{url}/redcap"),
}


def fetched(survey, tool: str, token: str = TOKEN):
    return pull(WAYS[tool](survey.url), Token(token))


def test_kobo_gives_every_page_in_the_order_of_its_own_export(survey):
    pulled = fetched(survey, "kobo")
    starts = [path.partition("start=")[2].partition("&")[0] for _, path, *_ in survey.seen]
    assert starts == ["0", "10", "20"]
    (table,) = read_sheets(dict(pulled.files)).values()
    assert (table.file, table.format, len(table.cells)) == ("aForm1.csv", "kobotoolbox", 25)
    assert table.cells["prep/q2"].tolist() == [one["prep/q2"] for one in ANSWERS]
    assert table.cells["_validation_status"].iloc[0] == "Approved"
    assert pulled.repeats == ("children",)
    assert b"elsewhere.example" not in pulled.files["aForm1.csv"]


def test_odk_gives_the_zip_a_person_would_download(survey):
    for token in (TOKEN, f"me@example.org:{TOKEN}"):
        pulled = fetched(survey, "odk", token)
        (table,) = read_sheets(dict(pulled.files)).values()
        assert (table.format, len(table.cells)) == ("odk_central", 20)
    assert all("attachments=false" in path for _, path, *_ in survey.seen)


def test_redcap_gives_all_records_in_batches_with_its_dictionary(survey):
    pulled = fetched(survey, "redcap")
    asked = [body for *_, body in survey.seen]
    assert [b"records%5B" in body for body in asked] == [False, False, True, True, True]
    # The token is in the body: an address is written to logs on the way.
    assert all(TOKEN not in path for _, path, *_ in survey.seen)
    plan = propose_study(dict(pulled.files))
    assert plan.survey.dictionary == "redcap_dictionary.csv"
    study = read_study(plan, dict(pulled.files))
    assert len(study.survey.keys) == len(RECORDS)


@pytest.mark.parametrize("tool", WAYS)
@pytest.mark.parametrize(
    ("way", "code"),
    [
        (401, "pull_denied"),
        (403, "pull_denied"),
        (404, "pull_not_found"),
        (429, "pull_status"),
        (500, "pull_status"),
        ("words", "pull_answer"),
        ("packed", "pull_answer"),
        ("http://127.0.0.1:9/other", "pull_redirect"),
        ("http://elsewhere.example/", "pull_redirect"),
        ("endless", "pull_too_large"),
    ],
)
def test_a_refusal_is_one_clear_error(survey, tool: str, way, code: str, monkeypatch, caplog):
    survey.way = way
    source = WAYS[tool](survey.url)
    with caplog.at_level(logging.DEBUG), pytest.raises(PullError) as raised:
        pull(source, Token(TOKEN), Connection(source.address, most_bytes=3_000_000))
    assert raised.value.code == code
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(raised.value)
    for language in ("en", "zh-Hans"):
        said = say_error(Text(language), raised.value)
        assert "{" not in said
        assert TOKEN not in said
    assert len(survey.seen) <= 5


@pytest.mark.parametrize("tool", ["kobo", "odk"])
def test_a_redirect_on_the_same_server_is_followed(survey, tool: str):
    survey.way = "same"
    assert fetched(survey, tool).files


def test_a_server_that_only_redirects_is_given_up(survey):
    survey.way = f"{survey.url}/api/v2/again"
    with pytest.raises(PullError, check=coded("pull_redirect")):
        fetched(survey, "kobo")


@pytest.mark.parametrize("tool", WAYS)
def test_a_wrong_token_is_said(survey, tool: str):
    with pytest.raises(PullError, check=coded("pull_denied")):
        fetched(survey, tool, "wrong")


def test_a_silent_server_ends_in_time(survey):
    survey.way = "slow"
    source = WAYS["kobo"](survey.url)
    with pytest.raises(PullError, check=coded("pull_timeout")):
        pull(source, Token(TOKEN), Connection(source.address, seconds=0.3))


def test_nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(PullError, check=coded("pull_unreachable")):
        pull(WAYS["kobo"](f"http://127.0.0.1:{port}"), Token(TOKEN))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        sock, _ = listener.accept()
        with sock:
            try:
                with context.wrap_socket(sock, server_side=True) as safe:
                    received.append(safe.recv(4096))
            except (ssl.SSLError, OSError):
                return

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    source = WAYS["kobo"](f"https://localhost:{listener.getsockname()[1]}")
    with pytest.raises(PullError, check=coded("pull_certificate")):
        pull(source, Token(TOKEN))
    thread.join(10)
    listener.close()
    assert not any(TOKEN.encode() in one for one in received)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://kf.example.org", "pull_not_https"),
        ("ftp://kf.example.org", "pull_address"),
        ("kf.example.org", "pull_address"),
        ("https://", "pull_address"),
        ("", "pull_address"),
        (f"https://me:{TOKEN}@kf.example.org", "pull_address"),
        ("https://kf.example.org:port", "pull_address"),
        ("http://127.0.0.1.example.org", "pull_not_https"),
        ("http://[::ffff:7f00:1]/", "pull_not_https"),
        ("file:///etc/passwd", "pull_address"),
    ],
)
def test_addresses_that_are_not_asked(url: str, code: str):
    with pytest.raises(PullError) as raised:
        parse_address(url)
    assert raised.value.code == code
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize(
    ("tool", "url", "form", "where", "name"),
    [
        ("kobo", "https://kf.example.org/#/forms/aB3/data/table", "", "kf.example.org", "aB3"),
        ("kobo", "https://kf.example.org", "aB3", "kf.example.org", "aB3"),
        ("kobo", "https://kf.example.org/api/v2/assets/aB3/", "", "kf.example.org", "aB3"),
        (
            "odk",
            "https://odk.example.org/v1/projects/3/forms/base.svc",
            "",
            "odk.example.org",
            "3/base",
        ),
        ("odk", "https://odk.example.org:8443", "3/base", "odk.example.org:8443", "3/base"),
    ],
)
def test_links_of_the_browser_are_understood(tool, url, form, where, name):
    source = find_source(tool, url, form)
    assert (source.address.name, source.form) == (where, name)


@pytest.mark.parametrize("form", ["", "../../me", "a/b", "a b"])
def test_a_form_must_be_named(form: str):
    with pytest.raises(PullError, check=coded("pull_form")):
        find_source("kobo", "https://kf.example.org", form)


def test_the_command_names_the_server_first_and_writes_codes(
    survey, ring, tmp_path: Path, monkeypatch, capsys
):
    asked = [
        "pull",
        "kobo",
        f"{survey.url}/#/forms/aForm1",
        "-o",
        str(tmp_path / "out"),
        "--language",
        "en",
    ]
    assert main(asked) == 2  # nobody is there to be asked
    said = capsys.readouterr().err
    assert f"This contacts {survey.url[7:]}" in said
    assert "Nothing was sent" in said
    assert survey.seen == []
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    assert main([*asked, "--yes", "--token-stdin"]) == 0
    out = capsys.readouterr().out
    assert "Codes in place of: phone" in out
    assert "Repeated questions were not fetched: children" in out
    content = (tmp_path / "out" / "aForm1.csv").read_text(encoding="utf-8-sig")
    assert "13800000007" not in content
    assert ring.kept == {}  # a piped token is not kept
    # The same people get the same codes the next time.
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    assert main([*asked, "--yes", "--token-stdin"]) == 0
    assert (tmp_path / "out" / "aForm1.csv").read_text(encoding="utf-8-sig") == content


def test_a_typed_token_goes_to_the_keyring_and_nowhere_else(
    survey, ring, tmp_path: Path, monkeypatch, capsys, caplog
):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    monkeypatch.setattr("builtins.input", lambda _: "y")
    monkeypatch.setattr("getpass.getpass", lambda _: TOKEN)
    asked = [
        "pull",
        "kobo",
        f"{survey.url}/#/forms/aForm1",
        "-o",
        str(tmp_path),
        "--language",
        "en",
    ]
    with caplog.at_level(logging.DEBUG):
        assert main(asked) == 0
    assert list(ring.kept.values()) == [TOKEN]
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("the token is kept"))
    assert main(asked) == 0
    survey.way = 403
    assert main(asked) == 2
    assert main([*asked, "--forget"]) == 0
    assert ring.kept == {}
    told = capsys.readouterr()
    assert TOKEN not in told.out + told.err + caplog.text
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes()


def test_a_wrong_token_is_not_kept(survey, ring, tmp_path: Path, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _: "wrong")
    asked = ["pull", "kobo", f"{survey.url}/#/forms/aForm1", "-o", str(tmp_path), "--yes"]
    assert main(asked) == 2
    assert ring.kept == {}


def test_without_the_library_it_is_off_and_says_how(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "httpx", None)
    asked = ["pull", "kobo", "https://kf.example.org", "--form", "aB3", "--language", "en"]
    assert main(asked) == 2
    assert "levee[pull]" in capsys.readouterr().err


def test_a_token_shows_itself_nowhere():
    token = Token(TOKEN)
    assert TOKEN not in f"{token} {token!r} {[token]}"
    connection = Connection(parse_address("https://a.example"), headers={"authorization": TOKEN})
    assert TOKEN not in repr(connection)
    assert json.dumps(str(token))
    assert client.SECONDS >= client.WAIT
