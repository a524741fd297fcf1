"""Pictures of the sample's pages for the README.

    python benchmarks/take_pictures.py [--into docs/images]

Opens the sample in a browser 1280 pixels wide, in English, and writes ``outcomes.png`` and
``volunteers.png``; prints the size of each and exits 1 when one is over 200 kB.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from first_view import BROWSERS, STANDING
from playwright.sync_api import Page, sync_playwright
from serve_load import LEVEE, free_port, served

WIDTH, MAX_BYTES = 1280, 200_000
HEIGHTS = {"outcomes": 1000, "volunteers": 900}


def take(page: Page, url: str, path: Path, height: int) -> int:
    """Write one picture once the page has stopped running; return its size in bytes."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.goto(url)
    for _ in range(3):
        page.wait_for_function(STANDING)
        page.wait_for_timeout(700)
    return len(page.screenshot(path=path, animations="disabled"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("docs/images"))
    folder = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-c", LEVEE, "serve", "--no-browser", "--port", str(port)]
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    sizes = {}
    with served(command, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(color_scheme="light")
        for view, height in HEIGHTS.items():
            url = f"http://127.0.0.1:{port}/{view}?study=sample&lang=en"
            sizes[view] = take(page, url, folder / f"{view}.png", height)
            print(f"{view}.png {sizes[view] / 1000:.0f} kB")
        browser.close()
    return int(max(sizes.values()) > MAX_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
