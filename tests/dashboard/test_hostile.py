"""Uploaded text is shown as it is written, wherever it lands: no link, picture, colour, maths."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.navigation import SECTIONS, has_page
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import list_studies
from tests.dashboard.test_journeys import press

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
LINK, PICTURE = "[x](javascript:alert(1))", "![i](http://evil.example/a.png)"
COLOUR, MATHS, TAG = ":red[danger]", "$$\\frac{1}{0}$$", "<img src=x onerror=alert(1)>"
LIVE = re.compile(r"(?<!\\)(?:\]\(|!\[|:red\[|:material/|\$\$|<img|<script)")
ITEMS = [f"{LINK} I know the route", f"{PICTURE} I have a kit", f"{COLOUR} {MATHS} I would help"]
HEADER = ["code", *ITEMS, f"sex {TAG}", "site"]
PLACES = (f"East {LINK}", f"West {COLOUR}")


def export(gain: int, rows: int) -> bytes:
    lines = ["\t".join(HEADER)]
    for n in range(rows):
        answers = [str(1 + (n * k + gain) % 4 + gain // 2) for k in (1, 3, 7)]
        sex = f"{TAG} f" if n % 2 else f"{MATHS} m"
        lines.append("\t".join([f"P{n:02}", *answers, sex, PLACES[n % 2]]))
    return "\n".join(lines).encode()


FILES = [(f"{LINK}_pre.tsv", export(0, 40)), (f"{COLOUR}_post.tsv", export(2, 34))]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], AppTest]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'w.sqlite'}")

        def open_app(view: str, study: str) -> AppTest:
            at = AppTest.from_file(str(APP), default_timeout=60)
            at.query_params["lang"] = "en"
            at.query_params["study"] = study
            at._page_hash = calc_hash(view)
            return at.run()

        yield open_app
        close_workspaces()


@pytest.fixture(scope="module")
def study(app) -> str:
    """The hostile files as a finished study; every step of the wizard is read on the way."""
    at = app("data", "new")
    at.file_uploader[0].set_value([(n, d, "text/plain") for n, d in FILES]).run()
    assert_literal(at)
    for _ in range(4):
        at.button(key="wizard_next").click().run()
        assert_literal(at)
    press(at, "finish")
    assert_literal(at)
    return list_studies()[0].id


def list_markdown(at: AppTest) -> Iterator[str]:
    """Everything Streamlit reads as Markdown: texts, and the labels of widgets and boxes."""
    for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error"):
        yield from (str(one.value) for one in getattr(at, kind) if not is_style(one))
    for kind in ("button", "selectbox", "multiselect", "text_input", "number_input", "checkbox"):
        yield from (str(one.label) for one in getattr(at, kind))
    yield from (str(one.label) for one in at.expander)


def is_style(one: object) -> bool:
    return str(getattr(one, "value", "")).startswith("<style>")


def assert_literal(at: AppTest) -> None:
    assert not at.exception
    assert [text for text in list_markdown(at) if LIVE.search(text)] == []
    assert [one for one in at.get("plotly_chart") if "<img" in one.proto.spec] == []


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_text_is_literal_on_every_page(app, study: str, view: str):
    at = app(view, study)
    assert_literal(at)
    assert not at.error


def test_hostile_text_is_shown_at_all(app, study: str):
    shown = "\n".join(list_markdown(app("quality", study)))
    shown += "\n".join(list_markdown(app("data", study)))
    assert "javascript" in shown
