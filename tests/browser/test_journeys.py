"""Journeys of a person: upload, map, filter, export; reload, second tab, restart, keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.navigation import has_page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
WORDS = {
    "en": {
        "checks": "Go to the checks",
        "step": "Look at each step",
        "next": "Next",
        "save": "Save and see the results",
        "matched": "people were found in every wave",
    },
    "zh-Hans": {
        "checks": "直接去核对",
        "step": "逐步查看",
        "next": "下一步",
        "save": "保存并查看结果",
        "matched": "在每一次调查中都能对上",
    },
}


def survey(name: str, gain: int, n: int) -> dict:
    """A small survey export with codes, three items and a site."""
    rows = [
        f"P{k:02},{'East' if k % 2 else 'West'},{1 + (k + gain) % 4 + gain // 2},"
        f"{1 + (k * 3 + gain) % 4 + gain // 2},{1 + (k * 7) % 4 + gain // 2}"
        for k in range(n)
    ]
    told = "\n".join(["code,site,I know the route,I have a kit,I know whom to call", *rows])
    return {"name": name, "mimeType": "text/csv", "buffer": told.encode()}


PRE, POST = survey("flood_pre.csv", 0, 60), survey("flood_post.csv", 2, 52)


@pytest.fixture(scope="module")
def finished(receive) -> Iterator:
    """A visitor whose own two files have become results, by way of the short path."""
    visitor = receive("en")
    visitor.open("data", study="new")
    visitor.upload(PRE, POST)
    visitor.press(WORDS["en"]["checks"])
    visitor.name_scores()
    visitor.press(WORDS["en"]["save"])
    visitor.page.wait_for_url(re.compile("/overview"))
    visitor.wait()
    yield visitor
    visitor.close()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_upload_map_outcomes_export(visit, language: str, tmp_path: Path):
    words, visitor = WORDS[language], visit(language)
    visitor.open("data", study="new")
    visitor.upload(*sorted(SAMPLE.glob("2580*.xlsx")))
    visitor.press(words["step"])
    for _ in range(3):
        assert visitor.violations() == []
        assert visitor.page.get_by_test_id("stException").count() == 0
        visitor.press(words["next"])
    assert words["matched"] in visitor.words
    visitor.name_scores()
    visitor.press(words["save"])
    visitor.page.wait_for_url(re.compile("/overview"))
    visitor.wait()
    assert visitor.page.get_by_test_id("stAlertContentError").count() == 0
    visitor.go("outcomes")
    assert visitor.page.get_by_test_id("stPlotlyChart").first.is_visible()
    visitor.go("export")
    assert visitor.page.get_by_test_id("stDownloadButton").count() >= 2
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert kept.stat().st_size > 500


def test_a_reload_keeps_study_page_and_language(finished):
    study = finished.study
    finished.page.reload()
    finished.wait()
    assert finished.study == study
    assert "/overview" in finished.page.url
    assert "lang=en" in finished.page.url


def test_a_link_opens_the_same_in_a_second_tab(finished, visit):
    other = visit("en")
    other.page.goto(finished.page.url)
    other.wait()
    assert other.page.locator("h1").inner_text() == finished.page.locator("h1").inner_text()


def test_a_killed_server_loses_nothing(finished, server):
    title = finished.page.locator("h1").inner_text()
    address = finished.page.url
    server.kill()
    server.start()
    finished.page.goto(address)
    finished.wait()
    assert finished.page.locator("h1").inner_text() == title


def test_the_wizard_stands_where_it_was_after_a_reload(visit):
    visitor = visit("en")
    visitor.open("data", study="new")
    visitor.upload(PRE, POST)
    visitor.press(WORDS["en"]["step"])
    visitor.press(WORDS["en"]["next"])
    before = visitor.words
    visitor.page.reload()
    visitor.wait()
    assert visitor.words == before


def test_a_filter_stands_in_the_address_and_on_every_page(visit):
    visitor = visit("en")
    visitor.open("overview", study="sample")
    whole = visitor.words
    visitor.page.get_by_test_id("stMultiSelect").first.get_by_role("combobox").click()
    visitor.page.get_by_role("option").first.click()
    visitor.wait()
    assert re.search("(site|group|category)=", visitor.page.url)
    assert visitor.words != whole
    chosen = visitor.page.url.partition("?")[2]
    visitor.go("participation")
    assert set(chosen.split("&")) <= set(visitor.page.url.partition("?")[2].split("&"))


def tab_to(visitor, target, limit: int = 150) -> None:
    """Press Tab until the focus is on ``target``."""
    for _ in range(limit):
        visitor.page.keyboard.press("Tab")
        if target.evaluate("(e) => e === document.activeElement"):
            return
    raise AssertionError("not reached by the keyboard")


def test_the_keyboard_alone_completes_wizard_filter_and_export(visit, tmp_path: Path):
    files = [tmp_path / one["name"] for one in (PRE, POST)]
    for path, one in zip(files, (PRE, POST), strict=True):
        path.write_bytes(one["buffer"])
    visitor = visit("en")
    page = visitor.page
    visitor.open("data", study="new")
    asked: list = []
    page.on("filechooser", lambda chooser: asked.append(chooser))
    tab_to(visitor, page.locator("[data-testid=stFileUploaderDropzone] button"))
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    for _ in range(40):
        page.wait_for_timeout(250)
        if asked:
            break
    asked[0].set_files(files)
    page.wait_for_url(re.compile("study=[0-9a-f]{8}"))
    visitor.wait()
    for name in (WORDS["en"]["checks"], WORDS["en"]["save"]):
        tab_to(visitor, page.get_by_role("button", name=name, exact=True))
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        visitor.wait()
    assert "/overview" in page.url
    tab_to(visitor, page.get_by_test_id("stMultiSelect").first.get_by_role("combobox"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("site="))
    visitor.wait()
    if has_page("export"):
        tab_to(visitor, page.locator("a[data-testid=stSidebarNavLink][href$='/export']"))
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/export"))
        visitor.wait()
        tab_to(visitor, page.get_by_test_id("stDownloadButton").first.get_by_role("button"))
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        assert waiting.value.suggested_filename


def test_reading_a_long_file_shows_its_progress_and_can_be_cancelled(visit):
    visitor = visit("en")
    visitor.open("data", study="new")
    rows = "".join(
        f"P{n},{','.join(str((n + at) % 5 + 1) for at in range(40))}\n" for n in range(9)
    )
    head = ",".join(["code", *(f"q{at}" for at in range(40))]) + "\n"
    long = {
        "name": "taken_back.csv",
        "mimeType": "text/csv",
        "buffer": (head + rows * 20_000).encode(),
    }
    page = visitor.page
    page.set_input_files("input[type=file]", [long])
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    cancel.wait_for(timeout=120_000)
    assert (
        page.get_by_text("Reading the files…")
        .or_(page.get_by_text("Looking for personal data…"))
        .is_visible()
    )
    cancel.click()
    cancel.wait_for(state="hidden", timeout=60_000)
    visitor.wait()
    assert page.get_by_test_id("stException").count() == 0
    assert page.locator("input[type=file]").count() == 1
    assert not re.search("study=[0-9a-f]{8}", page.url)
    visitor.open("home")
    # Other tests of this server keep studies of their own.
    assert "taken back" not in visitor.words
