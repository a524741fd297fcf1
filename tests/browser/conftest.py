"""A real browser against a real server, each with a workspace of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urlparse

import pytest

CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# Streamlit has finished: nothing runs, nothing waits to be drawn, no picture is still empty.
STILL = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || app.dataset.testScriptState !== 'notRunning') return false;
  if (document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')) return false;
  const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
  return charts.every((chart) => chart.querySelector('svg.main-svg') || !chart.checkVisibility());
}"""


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome: ``CHROMIUM``, on the path, or where macOS keeps it."""
    asked = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in CHROMES)
    here = [asked, *found, ON_MAC if Path(ON_MAC).exists() else None]
    return next((path for path in here if path), None)


@dataclass
class Server:
    """``levee serve`` in a process of its own; it can be killed and started again."""

    workspace: Path
    port: int
    process: subprocess.Popen | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *more: str, output: IO[bytes] | None = None) -> None:
        told = {**os.environ, "LEVEE_WORKSPACE": f"sqlite:///{self.workspace}"}
        run = "import sys; from dashboard.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", run, "serve", "--no-browser"]
        said = {"stdout": output, "stderr": output} if output else {"stdout": subprocess.DEVNULL}
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), *more], env=told, **said
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.kill()
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium or Chrome found: set CHROMIUM or install one")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("workspace") / "workspace.sqlite", free_port())
    started.start()
    yield started
    started.kill()


class Visitor:
    """A person with one browser tab: opens pages, waits, clicks, and notes foreign requests."""

    def __init__(self, browser, server: Server, language: str, width: int, scheme: str) -> None:
        locale = "zh-CN" if language.startswith("zh") else "en-GB"
        size = {"width": width, "height": 900}
        self.context = browser.new_context(viewport=size, locale=locale, color_scheme=scheme)
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.server, self.language = server, language
        self.foreign: set[str] = set()
        self.context.on("request", self._note)

    def _note(self, request) -> None:
        address = urlparse(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self.foreign.add(request.url)

    def open(self, view: str, **query: str) -> None:
        asked = urlencode({"lang": self.language, **query})
        self.page.goto(f"{self.server.url}/{view}?{asked}")
        self.wait()

    def go(self, view: str) -> None:
        """Change the page by the navigation, as a person would."""
        link = f"a[data-testid=stSidebarNavLink][href='{self.server.url}/{view}']"
        self.page.locator(link).click()
        self.page.wait_for_url(re.compile(f"{self.server.url}/{view}([?#]|$)"))
        self.wait()

    def wait(self) -> None:
        """Wait until the page stands still: twice finished, an instant apart."""
        for _ in range(2):
            self.page.wait_for_function(STILL, timeout=60_000)
            self.page.wait_for_timeout(120)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_timeout(150)
        self.wait()

    def upload(self, *files: Path | dict) -> None:
        self.page.set_input_files("input[type=file]", list(files))
        self.page.wait_for_url(re.compile("study=[0-9a-f]{8}"))
        self.wait()

    def answer_questions(self) -> int:
        """On Checks: answer what the files leave open, scales, years and marks; how many."""
        main = self.page.get_by_test_id("stMain")
        groups = main.locator("[data-testid=stRadio]:not(:has(input:checked)) [role=radiogroup]")
        years = main.locator("[data-testid=stNumberInput] input[value='']")
        for answered in range(60):
            if groups.count():
                groups.first.locator("label").first.click()
            elif years.count():
                years.first.fill("2025")
                years.first.press("Enter")
            else:
                return answered
            self.page.wait_for_timeout(150)
            self.wait()
        raise AssertionError("questions without end")

    def name_scores(self) -> int:
        """On Checks: give a name to each score that has none of its own; how many were named."""
        boxes = self.page.get_by_test_id("stMain").get_by_role("textbox")
        nameless = [at for at in range(boxes.count()) if not boxes.nth(at).input_value()]
        for at in nameless:
            boxes.nth(at).fill(f"Readiness {at}")
            boxes.nth(at).press("Enter")
            self.page.wait_for_timeout(150)
            self.wait()
        return len(nameless)

    @property
    def words(self) -> str:
        return self.page.locator("[data-testid=stMain]").inner_text()

    @property
    def study(self) -> str:
        return re.search("study=([0-9a-z]+)", self.page.url)[1]

    def violations(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA on the page as it is."""
        from axe_playwright_python.sync_playwright import Axe

        options = {"runOnly": {"type": "tag", "values": list(WCAG)}}
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]

    def overflow(self) -> int:
        """Pixels by which the page can be scrolled sideways."""
        return self.page.evaluate(
            """() => Math.max(...[document.documentElement,
            document.querySelector('[data-testid=stMain]')]
            .map((e) => e.scrollWidth - e.clientWidth))"""
        )

    def close(self) -> None:
        self.context.close()


@pytest.fixture(scope="session")
def receive(chromium, server) -> Callable[..., Visitor]:
    """Let a visitor in, who stays until sent away."""

    def make(language: str = "en", width: int = 1280, scheme: str = "light") -> Visitor:
        return Visitor(chromium, server, language, width, scheme)

    return make


@pytest.fixture
def visit(receive) -> Iterator:
    """Make visitors; at the end nobody's browser may have asked another machine."""
    visitors: list[Visitor] = []

    def make(*asked: object) -> Visitor:
        visitors.append(receive(*asked))
        return visitors[-1]

    yield make
    for one in visitors:
        one.close()
    assert not [url for one in visitors for url in one.foreign]
