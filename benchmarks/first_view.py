"""Time until a person sees something: the sample from a cold browser, and one change of filter.

    python benchmarks/first_view.py [--rounds 5]

A server is started for each round with an empty workspace; a new browser opens Home, one click
opens the sample; printed are the seconds until the overview stands still, and the seconds from
choosing a filter until the page stands still again. Limits: 10 s and 0.5 s.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright
from serve_load import LEVEE, free_port, served

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STARTED = """() =>
  document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'notRunning'"""
STANDING = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  return !!app && app.dataset.testScriptState === 'notRunning' &&
    !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
}"""


@contextmanager
def opened():
    """A new browser, as a person who comes for the first time has it."""
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def first_sight(page: Page, port: int) -> float:
    """Seconds from an empty browser over one click to the sample's overview."""
    start = time.perf_counter()
    page.goto(f"http://127.0.0.1:{port}/?lang=en")
    page.get_by_role("button", name="Open the sample").click()
    page.wait_for_url("**/overview*")
    page.get_by_test_id("stMultiSelect").first.wait_for()
    page.wait_for_function(STANDING)
    return time.perf_counter() - start


def change_filter(page: Page) -> float:
    """Seconds from choosing a value until the page's numbers are new and it stands still."""
    page.get_by_test_id("stMultiSelect").first.get_by_role("combobox").click()
    start = time.perf_counter()
    page.get_by_role("option").last.click()
    page.wait_for_function(STARTED, polling=5)
    page.wait_for_function(STANDING, polling=10)
    page.wait_for_function(
        "() => location.search.includes('=') && !document.querySelector('[data-stale=true]')",
        polling=10,
    )
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    told = parser.parse_args()
    sights, changes = [], []
    for _ in range(told.rounds):
        port = free_port()
        command = [sys.executable, "-c", LEVEE, "serve", "--no-browser", "--port", str(port)]
        with served(command, port), opened() as page:
            sights.append(first_sight(page, port))
            changes.append(change_filter(page))
    print(
        f"sample from a cold browser   median {statistics.median(sights):5.2f} s"
        f"   most {max(sights):5.2f} s   limit 10 s"
    )
    print(
        f"change of filter             median {statistics.median(changes):5.2f} s"
        f"   most {max(changes):5.2f} s   limit 0.5 s"
    )


if __name__ == "__main__":
    main()
