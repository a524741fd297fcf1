"""The server itself: loopback only, guarded by headers, own language, limits, no tracebacks."""

import io
import re
import shutil
import socket
import urllib.error
import urllib.request
import zipfile

import pytest

from tests.browser.conftest import Server, Visitor, free_port

pytestmark = pytest.mark.browser
EXPECTED = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=()",
}


def ask(url: str, **headers: str):
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10)


@pytest.mark.parametrize("path", ["/", "/overview", "/_stcore/health", "/static/none.js"])
def test_every_answer_carries_the_security_headers(server, path: str):
    try:
        answer = ask(server.url + path)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        told = answer.headers
    for name, start in EXPECTED.items():
        assert told.get(name, "").startswith(start), name
    assert "https:" not in told["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "spoken", "language"),
    [
        ("?lang=zh-Hans", "en-GB", "zh-Hans"),
        ("?lang=en", "zh-CN", "en"),
        ("", "zh-CN,zh;q=0.9", "zh-Hans"),
        ("", "fr-FR", "en"),
    ],
)
def test_the_document_states_its_language(server, query: str, spoken: str, language: str):
    with ask(f"{server.url}/overview{query}", **{"Accept-Language": spoken}) as answer:
        assert f'<html lang="{language}">' in answer.read().decode()


def test_documents_are_compressed(server):
    with ask(server.url, **{"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


def test_the_server_listens_on_the_loopback_address_only(server):
    outside = [
        address[4][0]
        for address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        if not address[4][0].startswith("127.")
    ]
    for address in outside:
        with socket.socket() as probe:
            probe.settimeout(2)
            assert probe.connect_ex((address, server.port)) != 0


def test_a_study_that_is_not_there_is_told_in_words(visit):
    visitor = visit("zh-Hans")
    visitor.open("overview", study="0" * 32)
    assert re.search("没有这项研究|没有这个研究|找不到", visitor.words)
    assert "Traceback" not in visitor.words


def test_a_hostile_file_is_refused_and_others_keep_working(visit):
    visitor, other = visit("en"), visit("en")
    other.open("overview", study="sample")
    visitor.open("data", study="new")
    visitor.upload({"name": "bomb.xlsx", "mimeType": "application/zip", "buffer": make_bomb()})
    assert "bomb.xlsx" in visitor.words
    assert "refused" in visitor.words or "limit" in visitor.words
    other.go("participation")
    assert other.page.locator("h1").count() == 1


def make_bomb() -> bytes:
    """A small workbook whose sheet unpacks to more than any spreadsheet needs."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 12_000_000)
    return made.getvalue()


def test_the_one_file_copied_after_the_server_stopped_opens(chromium, tmp_path):
    """As a person does it in the file manager: stop Levee, copy the file, open it elsewhere."""
    first = Server(tmp_path / "here" / "work.sqlite", free_port())
    first.workspace.parent.mkdir()
    first.start()
    visitor = Visitor(chromium, first, "en", 1280, "light")
    visitor.open("data", study="new")
    visitor.upload(
        {"name": "kept.csv", "mimeType": "text/csv", "buffer": b"id,q1,q2\n1,2,3\n2,4,5\n"}
    )
    study = visitor.study
    visitor.close()
    first.process.terminate()
    first.process.wait(timeout=30)
    second = Server(tmp_path / "copy.sqlite", free_port())
    shutil.copy(first.workspace, second.workspace)
    second.start()
    visitor = Visitor(chromium, second, "en", 1280, "light")
    visitor.open("data", study=study)
    assert "kept.csv" in visitor.words
    visitor.close()
    second.kill()
