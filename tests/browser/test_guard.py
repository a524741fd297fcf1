"""Other sites and ports cannot read the dashboard; one visitor's files are for nobody else."""

import base64
import http.client
import os
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
SOCKET = "/_stcore/stream"
CONNECT = """(url) => new Promise((done) => {
  const socket = new WebSocket(url, ['streamlit']);
  socket.onopen = () => done('open');
  socket.onerror = () => done('refused');
})"""


def shake_hands(port: int, host: str, origin: str | None) -> int:
    """Ask for a socket as a browser would; the status of the answer."""
    lines = [f"GET {SOCKET} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(b'k' * 16).decode()}",
    ]
    lines += [f"Origin: {origin}"] if origin else []
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(line.recv(200).split()[1])


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 101),
        ("localhost:{port}", "http://localhost:{port}", 101),
        ("evil.example", "http://evil.example", 403),
        ("evil.example:{port}", "http://evil.example:{port}", 403),
        ("127.0.0.1:{port}", "http://127.0.0.1:18999", 403),
        ("127.0.0.1:{port}", "http://localhost:3000", 403),
        ("127.0.0.1:{port}", "http://evil.example", 403),
        ("127.0.0.1:{port}", "null", 403),
    ],
)
def test_sockets_open_for_own_pages_only(server, host: str, origin: str, status: int):
    filled = [one.format(port=server.port) for one in (host, origin)]
    assert shake_hands(server.port, *filled) == status


@pytest.mark.parametrize(
    ("host", "more", "status"),
    [
        ("127.0.0.1:{port}", {}, 200),
        ("evil.example", {}, 421),
        ("127.0.0.1:{port}", {"Origin": "http://127.0.0.1:18999"}, 421),
        ("127.0.0.1:{port}", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 421),
        ("127.0.0.1:{port}", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
    ],
)
def test_pages_are_given_under_own_names_only(server, host: str, more: dict, status: int):
    asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with closing(asked):
        asked.request("GET", "/overview", headers={"Host": host.format(port=server.port), **more})
        with asked.getresponse() as answer:
            assert answer.status == status


class Foreign(BaseHTTPRequestHandler):
    """A page of another program on the same machine."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><body>another program</body></html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def foreign() -> Iterator[int]:
    other = HTTPServer(("127.0.0.1", 0), Foreign)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    yield other.server_port
    other.shutdown()
    other.server_close()


def test_a_page_of_another_port_cannot_read_the_dashboard(chromium, server, foreign: int):
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{foreign}/")
    assert page.evaluate(CONNECT, f"ws://127.0.0.1:{server.port}{SOCKET}") == "refused"
    read = page.evaluate(
        "(url) => fetch(url).then((a) => a.text()).catch(() => 'refused')", f"{server.url}/overview"
    )
    assert read == "refused"
    page.close()


def test_a_rebound_name_cannot_read_the_dashboard(chromium, server):
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        args=["--host-resolver-rules=MAP evil.example 127.0.0.1"],
    )
    page = browser.new_page()
    answer = page.goto(f"http://evil.example:{server.port}/overview?study=sample")
    assert answer.status == 421
    assert page.locator("[data-testid=stApp]").count() == 0
    assert page.evaluate(CONNECT, f"ws://evil.example:{server.port}{SOCKET}") == "refused"
    browser.close()


def test_the_page_runs_without_eval_and_with_own_sockets_only(visit, server):
    visitor = visit("en")
    said: list[str] = []
    visitor.page.on("console", lambda one: said.append(one.text))
    policies: list[str] = []
    visitor.page.on(
        "response",
        lambda one: (
            policies.append(one.headers.get("content-security-policy", ""))
            if one.request.is_navigation_request()
            else None
        ),
    )
    for view in ("overview", "outcomes", "participation", "funding", "quality"):
        visitor.open(view, study="sample")
        assert visitor.page.locator("h1").count() == 1
    assert not [one for one in said if "Content Security Policy" in one]
    for policy in policies:
        rules = dict(
            part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip()
        )
        assert "unsafe-eval" not in rules["script-src"].replace("wasm-unsafe-eval", "")
        assert "'unsafe-inline'" not in rules["script-src"]
        sockets = [one for one in rules["connect-src"].split() if one.startswith("ws")]
        assert sockets == [f"ws://127.0.0.1:{server.port}", f"wss://127.0.0.1:{server.port}"]


def test_downloads_are_for_the_session_that_made_them(visit, server):
    visitor = visit("en")
    links: list[str] = []
    visitor.page.on("request", lambda one: links.append(one.url) if "/media/" in one.url else None)
    visitor.open("data", study="new")
    visitor.upload(
        {
            "name": "people.csv",
            "mimeType": "text/csv",
            "buffer": "姓名,q1\n王小明,3\n李红梅,4\n赵云,5\n".encode(),
        }
    )
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("button", name="Save the key file").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"PK")
    assert links
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(links[-1], timeout=10).close()
    cookie = {"Cookie": "levee_session=somebody-else"}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(urllib.request.Request(links[-1], headers=cookie), timeout=10)


@pytest.mark.parametrize("way", ["switch", "reload"])
def test_a_picture_for_the_evaluator_is_not_for_the_funder_in_the_same_browser(visit, server, way):
    visitor = visit("en")
    links: list[str] = []
    own = f"{server.url}/media/"
    visitor.page.on("request", lambda one: links.append(one.url) if own in one.url else None)
    visitor.open("export", study="sample")
    visitor.page.locator("img[src*='/media/']").first.wait_for(timeout=60_000)
    told = {one["name"]: one["value"] for one in visitor.page.context.cookies()}

    def status() -> int:
        cookie = {"Cookie": f"levee_session={told['levee_session']}"}
        try:
            with urllib.request.urlopen(urllib.request.Request(links[0], headers=cookie)) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    assert status() == 200
    if way == "switch":
        visitor.page.get_by_role("combobox", name="View as").click()
        visitor.page.get_by_role("option", name="Public").click()
        visitor.wait()
    else:
        visitor.open("overview", study="sample", audience="public")
    assert status() == 403


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def behind_nginx(tmp_path: Path, request) -> Iterator[tuple[str, str]]:
    """Levee behind nginx with TLS, as docs/nginx.conf describes it; further options as asked."""
    nginx, openssl = (
        shutil.which("nginx") or shutil.which("/usr/sbin/nginx"),
        shutil.which("openssl"),
    )
    if not nginx or not openssl:
        pytest.skip("nginx or openssl is not installed")
    from tests.browser.conftest import Server

    front = free_port()
    name = f"levee.example:{front}"
    back = Server(tmp_path / "w.sqlite", free_port())
    back.start("--name", name, "--proxy", "127.0.0.1", *getattr(request, "param", ()))
    make = partial(subprocess.run, check=True, capture_output=True)
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    made += ["-subj", "/CN=levee.example", "-keyout", str(tmp_path / "key.pem")]
    make([openssl, *made, "-out", str(tmp_path / "cert.pem")])
    text = Path("docs/nginx.conf").read_text(encoding="utf-8")
    site = (
        text.replace("listen 443 ssl", f"listen 127.0.0.1:{front} ssl")
        .replace("127.0.0.1:8501", f"127.0.0.1:{back.port}")
        .replace("/etc/ssl/levee", str(tmp_path))
        .replace("levee.example.org", "levee.example")
        .replace("# proxy_set_header X-Levee-Role", "proxy_set_header X-Levee-Role")
    )
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
    # Stands for a login: the role of the person who asks.
    roles = 'map $http_x_person $levee_role { default ""; eva evaluator; fay funder; }'
    whole += f"http {{ access_log off; {roles} {site} }}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    running = subprocess.Popen(
        [nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"]
    )
    yield name, f"{front}"
    running.terminate()
    running.wait()
    back.kill()


def test_tls_behind_a_proxy(chromium, behind_nginx: tuple[str, str]):
    name, port = behind_nginx
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        args=["--host-resolver-rules=MAP levee.example 127.0.0.1, MAP other.example 127.0.0.1"],
    )
    context = browser.new_context(ignore_https_errors=True, locale="en-GB")
    page = context.new_page()
    page.goto(f"https://{name}/overview?study=sample")
    page.locator("h1").first.wait_for(timeout=60_000)
    cookie = next(one for one in context.cookies() if one["name"] == "levee_session")
    assert cookie["secure"]
    assert cookie["httpOnly"]
    assert page.goto(f"https://other.example:{port}/").status == 421
    browser.close()


@pytest.mark.parametrize("behind_nginx", [("--role-header", "X-Levee-Role")], indirect=True)
def test_the_proxy_says_who_may_see_what(chromium, behind_nginx: tuple[str, str]):
    name, _ = behind_nginx
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        args=["--host-resolver-rules=MAP levee.example 127.0.0.1"],
    )

    def words_for(person: str, view: str, wait_for: str) -> str:
        # A role that the person sends is overwritten by the proxy.
        sent = {"X-Levee-Role": "evaluator"} | ({"X-Person": person} if person else {})
        context = browser.new_context(
            ignore_https_errors=True, locale="en-GB", extra_http_headers=sent
        )
        page = context.new_page()
        page.goto(f"https://{name}/{view}?study=sample&audience=evaluator")
        page.get_by_text(wait_for).first.wait_for(timeout=60_000)
        told = page.locator("body").inner_text()
        context.close()
        return told

    nobody = words_for("", "overview", "You have no role here yet")
    assert "%" not in nobody
    assert "View as" not in nobody
    assert "Upload your spreadsheets" in words_for("eva", "home", "Upload your spreadsheets")
    home = words_for("fay", "home", "Open the sample")
    assert "Upload your spreadsheets" not in home
    rows = words_for("fay", "data", "only the evaluator sees it")
    assert "Choose Evaluator" not in rows
    browser.close()
