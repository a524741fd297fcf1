"""Pages follow the audience: every page opens for each, protected for all but the evaluator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.navigation import SECTIONS, has_page
from dashboard.workspace.engine import VARIABLE, close_workspaces

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., AppTest]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"sqlite:///{tmp_path_factory.mktemp('audience') / 'w.sqlite'}")

        def open_app(view: str, **asked: str | list[str]) -> AppTest:
            at = AppTest.from_file(str(APP), default_timeout=90)
            for key, value in {"lang": "en", "study": "sample", **asked}.items():
                at.query_params[key] = value
            at._page_hash = calc_hash(view)
            return at.run()

        yield open_app
        close_workspaces()


@pytest.mark.parametrize("audience", ["manager", "funder", "public"])
@pytest.mark.parametrize("view", ["data", "quality"])
def test_rows_of_files_are_for_the_evaluator_only(app, view, audience):
    at = app(view, audience=audience)
    assert not at.exception
    assert "only the evaluator sees it" in at.info[0].value
    assert not [*at.table, *at.dataframe, *at.expander, *at.get("plotly_chart")]
    assert [*at.table, *app(view).table] or view == "data"


def test_notes_on_files_are_for_the_evaluator_only(app):
    inside = [one.label for one in app("participation").expander]
    shown = [one.label for one in app("participation", audience="funder").expander]
    assert any("on the files of this page" in label for label in inside)
    assert not any("on the files of this page" in label for label in shown)


@pytest.mark.parametrize("audience", ["funder", "manager"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_page_opens_for_an_audience(app, view, audience):
    at = app(view, audience=audience)
    assert not at.exception
    assert at.title or at.header, "a page says what it shows"
