"""Each page of the sample in a real browser: accessible, in one language, within its width."""

import re
from collections.abc import Iterator

import pytest

from dashboard.navigation import SECTIONS, has_page

pytestmark = pytest.mark.browser
VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
SAMPLED = [view for view in VIEWS if view in {"home", "overview", "outcomes", "data"}]
LANGUAGES = ("en", "zh-Hans")
# Words Streamlit itself shows and no setting translates.
STREAMLIT_OWN = re.compile(r"Drag and drop files here|Browse files|per file")
ENGLISH = re.compile(r"(?:[A-Za-z]{3,} ){3,}[A-Za-z]{3,}")


@pytest.fixture(scope="module")
def tabs(receive) -> Iterator:
    """One tab for each language, width and scheme, kept open while pages are visited."""
    opened: dict = {}

    def tab(language: str, width: int = 1280, scheme: str = "light"):
        circumstance = (language, width, scheme)
        if circumstance not in opened:
            opened[circumstance] = receive(*circumstance)
            opened[circumstance].open("overview", study="sample")
        return opened[circumstance]

    yield tab
    for one in opened.values():
        one.close()


def assert_well_made(visitor) -> None:
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    assert visitor.page.locator("h1").count() == 1
    assert visitor.overflow() <= 0
    assert visitor.violations() == []
    assert visitor.foreign == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_page_is_accessible_and_in_its_language(tabs, view: str, language: str):
    visitor = tabs(language)
    visitor.go(view if view != "home" else "")
    assert_well_made(visitor)
    assert visitor.page.locator("html").get_attribute("lang") == language
    if language == "zh-Hans":
        left = [w for w in ENGLISH.findall(visitor.words) if not STREAMLIT_OWN.search(w)]
        assert left == []


@pytest.mark.parametrize("view", SAMPLED)
@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 390, "light"), ("zh-Hans", 390, "dark"), ("en", 1280, "dark")],
)
def test_page_is_accessible_when_narrow_or_dark(
    tabs, view: str, language: str, width: int, scheme: str
):
    visitor = tabs(language, width, scheme)
    visitor.open("" if view == "home" else view, study="sample")
    assert_well_made(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_funders_words_and_pictures_stand_on_one_screen(tabs, language: str):
    visitor = tabs(language)
    visitor.go("summary")
    frame = visitor.page.locator("[data-testid=stMain] [data-testid=stExpander]").first
    visitor.page.locator(".js-plotly-plot").nth(1).wait_for()
    # All but the optional frame ends within the height of a usual screen.
    assert frame.bounding_box()["y"] <= 960
