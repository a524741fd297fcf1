"""WCAG 2.2 A and AA on every page, in both languages, wide and narrow, light and dark.

    python benchmarks/check_accessibility.py [--only overview]

Prints one line for each page with what axe-core finds, sideways scrolling in pixels, and requests
to other machines; exits 1 when there is anything.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from itertools import product
from urllib.parse import urlparse

from axe_playwright_python.sync_playwright import Axe
from first_view import BROWSERS, STANDING
from playwright.sync_api import Browser, Page, sync_playwright
from serve_load import LEVEE, free_port, served

from dashboard.navigation import SECTIONS, has_page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = """() => Math.max(0, ...[document.documentElement,
  document.querySelector('[data-testid=stMain]')].map((e) => e.scrollWidth - e.clientWidth))"""


def look(page: Page, url: str) -> list[str]:
    """What is wrong with one page."""
    foreign: set[str] = set()
    page.on("request", lambda request: _note(request.url, foreign))
    page.goto(url)
    for _ in range(3):
        page.wait_for_function(STANDING)
        page.wait_for_timeout(250)
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    found = Axe().run(page, options=options).response["violations"]
    told = [f"{one['id']} ×{len(one['nodes'])}" for one in found]
    wide = page.evaluate(WIDE)
    return [*told, *([f"{wide} px too wide"] if wide else []), *sorted(foreign)]


def _note(url: str, foreign: set[str]) -> None:
    address = urlparse(url)
    if address.scheme.startswith(("http", "ws")) and address.hostname != "127.0.0.1":
        foreign.add(url)


def look_everywhere(browser: Browser, base: str, views: list[str]) -> int:
    """Print one line for each page and circumstance; return how many have something wrong."""
    wrong = 0
    for language, width, scheme in product(("en", "zh-Hans"), (1280, 390), ("light", "dark")):
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme)
        for view in views:
            page = context.new_page()
            address = "" if view == "home" else view
            told = look(page, f"{base}/{address}?study=sample&lang={language}")
            page.close()
            wrong += bool(told)
            print(
                f"{view:14} {language:8} {width:5} {scheme:6} {'; '.join(told) or 'ok'}", flush=True
            )
        context.close()
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="part of a page's name")
    told = parser.parse_args()
    views = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
    views = [view for view in views if told.only in view]
    port = free_port()
    command = [sys.executable, "-c", LEVEE, "serve", "--no-browser", "--port", str(port)]
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with served(command, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        wrong = look_everywhere(browser, f"http://127.0.0.1:{port}", views)
        browser.close()
    print(f"{wrong} of {len(views) * 8} pages with something wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
