"""A server on this computer that speaks what the three tools document."""

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

TOKEN = "s3cretTokenOfTheSurveyServer"
PHONE = "13812345678"
ANSWERS = [
    {
        "_id": 100 + at,
        "formhub/uuid": "f",
        "start": f"2026-03-0{1 + at % 9}T10:00:00.000+08:00",
        "code": f"P{at:04}",
        "phone": f"138{at:08}",
        "prep/q1": str(1 + at % 5),
        "prep/q2": str(1 + at * 3 % 5),
        "prep/q3": str(1 + at * 7 % 5),
        "_uuid": f"00000000-0000-0000-0000-{at:012}",
        "_submission_time": f"2026-03-0{1 + at % 9}T10:05:00",
        "_validation_status": {"uid": "validation_status_approved", "label": "Approved"},
        "_attachments": [{"download_url": "https://elsewhere.example/x"}],
        "_tags": [],
        "_notes": [],
        "_status": "submitted_via_web",
        "_submitted_by": None,
        "__version__": "v1",
        **({"children": [{"children/age": 4}]} if at == 3 else {}),
    }
    for at in range(25)
]
ODK_CSV = (
    "SubmissionDate,code,q1,q2,q3,KEY,SubmitterID,SubmitterName,AttachmentsPresent,"
    + ("AttachmentsExpected,Status,ReviewState,DeviceID,Edits,FormVersion\n")
    + "".join(
        f"2026-03-01T10:00:00.000Z,P{at:03},{1 + at % 5},{1 + at * 3 % 5},{1 + at * 7 % 5},"
        f"uuid:{at:04},7,App,0,0,,,,0,1\n"
        for at in range(20)
    )
)
DICTIONARY = (
    "field_name,form_name,section_header,field_type,field_label,"
    "select_choices_or_calculations,field_note\n"
    "record_id,base,,text,Record,,\n"
    'q1,base,,radio,I know the evacuation route,"1, Disagree | 2, Neutral | 3, Agree",\n'
    'q2,base,,radio,I have an emergency kit,"1, Disagree | 2, Neutral | 3, Agree",\n'
)
RECORDS = [[f"R{at}", str(1 + at % 3), str(1 + at * 2 % 3)] for at in range(1203)]


class Survey(BaseHTTPRequestHandler):
    """``server.way`` changes what the next answers are; ``server.seen`` keeps the requests."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        server = self.server
        server.seen.append((self.command, self.path, dict(self.headers), body))
        if not self._misbehave(server.way):
            self._ask(body)

    def _misbehave(self, way: object) -> bool:
        """Answer in a way no client hopes for; False when nothing of the kind was asked."""
        if way == "slow":
            time.sleep(1.5)
        if isinstance(way, int):
            self._send(b'{"detail": "no"}', status=way)
        elif str(way).startswith("http"):
            self._send(b"", status=302, location=str(way))
        elif way == "same" and "moved" not in self.path:
            joined = "&" if "?" in self.path else "?"
            self._send(b"", status=302, location=f"{self.path}{joined}moved=1")
        elif way == "words":
            self._send(b"<html>Please sign in</html>")
        elif way == "packed":
            self._send(b"x", encoding="gzip")
        elif way == "endless":
            self._send_for_ever()
        else:
            return False
        return True

    def _send_for_ever(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            try:
                self.wfile.write(b"x" * 65536)
            except OSError:
                return

    def _ask(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if self.command == "POST":
            self._redcap({k: v[0] for k, v in parse_qs(body.decode()).items()})
        elif parts.path == "/api/v2/assets/aForm1/data.json":
            self._kobo(query)
        elif unquote(parts.path) == "/v1/projects/2/forms/base line/submissions.csv.zip":
            self._odk()
        else:
            self._send(b'{"detail": "Not found."}', status=404)

    def _kobo(self, query: dict[str, str]) -> None:
        if self.headers["authorization"] != f"Token {TOKEN}":
            return self._send(b'{"detail": "Invalid token."}', status=401)
        first, most = int(query["start"]), min(int(query["limit"]), 10)
        page = {
            "count": len(ANSWERS),
            # Behind a proxy, servers name themselves wrongly: the link is not to be followed.
            "next": "http://elsewhere.example/api/v2/next",
            "previous": None,
            "results": ANSWERS[first : first + most],
        }
        return self._send(json.dumps(page).encode())

    def _odk(self) -> None:
        if self.headers["authorization"] not in (
            f"Bearer {TOKEN}",
            "Basic bWVAZXhhbXBsZS5vcmc6czNjcmV0VG9rZW5PZlRoZVN1cnZleVNlcnZlcg==",
        ):
            return self._send(b'{"message": "Could not authenticate", "code": 401.2}', status=401)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as packed:
            packed.writestr("base line.csv", ODK_CSV)
        return self._send(stream.getvalue())

    def _redcap(self, form: dict[str, str]) -> None:
        if urlsplit(self.path).path != "/redcap/api/":
            return self._send(b"", status=301, location="/redcap/api/")
        if form["token"] != TOKEN:
            return self._send(b'{"error":"You do not have permissions to use the API"}', status=403)
        assert form["format"] == "csv"
        if form["content"] == "metadata":
            return self._send(DICTIONARY.encode())
        wanted = {v for k, v in form.items() if k.startswith("records[")}
        rows = [row for row in RECORDS if not wanted or row[0] in wanted]
        names = ["record_id", "q1", "q2"]
        if form.get("fields[0]") == "record_id":
            names, rows = names[:1], [row[:1] for row in rows]
        return self._send("\n".join(",".join(row) for row in [names, *rows]).encode())

    def _send(
        self, body: bytes, *, status: int = 200, location: str = "", encoding: str = ""
    ) -> None:
        self.send_response(status)
        if location:
            self.send_header("location", location)
        if encoding:
            self.send_header("content-encoding", encoding)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # the asker has gone
            return


@pytest.fixture
def survey() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Survey)
    server.daemon_threads = True
    server.way, server.seen = "", []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Ring:
    """A keyring in memory, as the library's functions."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    from dashboard.pull import tokens

    made = Ring()
    monkeypatch.setattr(tokens, "system_keyring", lambda: made)
    return made
