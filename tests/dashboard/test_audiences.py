"""Pages follow the audience: every page opens for each, protected for all but the evaluator."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis import evaluate
from analysis.disclosure import protect
from analysis.intake.read.reader import read_study
from dashboard.navigation import SECTIONS, has_page
from dashboard.workspace.engine import VARIABLE, close_workspaces

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "dashboard" / "app.py"
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


@pytest.mark.parametrize("view", ["home", "data"])
def test_without_an_open_study_the_reader_can_still_be_changed(app, view):
    at = app(view, study="new", audience="funder")
    assert not at.exception
    switch = next(one for one in at.sidebar.selectbox if one.label == "View as")
    switch.select("evaluator").run()
    assert not at.exception
    assert "audience" not in at.query_params
    assert not [one for one in at.info if "only the evaluator" in one.value]


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


@pytest.mark.parametrize(("language", "said"), [("en", "made for"), ("zh-Hans", "供")])
def test_protected_pages_say_at_their_foot_how_they_are_protected(app, language, said):
    for view in ("outcomes", "volunteers", "summary"):
        for audience in ("manager", "funder", "public"):
            line = app(view, lang=language, audience=audience).main.caption[-1].value
            assert said in line
            assert "\\[c\\]" in line
            assert re.search(r"\d of \d|\d 个数字中", line), line
            assert ("audited" in line) or ("审查" in line)
        line = app(view, lang=language).main.caption[-1].value
        assert "[c]" not in line.replace("\\", "")
    assert "audited" not in str([one.value for one in app("home", audience="funder").caption])


def numbers_of(value: object) -> set[str]:
    """Numbers at full precision in nested values, cut to nine digits so that print forms agree."""
    if isinstance(value, dict):
        return set().union(*map(numbers_of, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(numbers_of, value))
    told = f"{value:.9g}" if isinstance(value, float) and value == value else ""
    return (
        {told.lstrip("-")} if len(told.replace("-", "").replace(".", "").strip("0")) > 6 else set()
    )


def drawn_on(at: AppTest) -> set[str]:
    """Every such number in the figures and tables that a page sends to the browser."""
    words = [
        one.proto.SerializeToString().decode("utf-8", "replace") for one in at.get("plotly_chart")
    ]
    found = re.findall(r"\d+\.\d{6,}(?:e-?\d+)?", " ".join(words))
    found += re.findall(
        r"\d+\.\d{6,}", " ".join(t.value.to_csv() for t in [*at.table, *at.dataframe])
    )
    return numbers_of([float(one) for one in found])


FIGURES = [
    "outcomes",
    "comparison",
    "attrition",
    "subgroups",
    "dose",
    "participation",
    "reach",
    "volunteers",
    "cohorts",
    "hours",
    "outlook",
    "capacity",
]


@pytest.fixture(scope="module")
def withheld() -> set[str]:
    """Numbers of the evaluator's results that the funder's have not."""
    study = read_study(ROOT / "data" / "sample" / "study.toml")
    inside = evaluate(study)
    own, given = (numbers_of(e.to_results()) for e in (inside, protect(inside, study, "funder")))
    return own - given


def test_figures_for_a_funder_hold_no_withheld_number(app, withheld):
    assert len(withheld) > 100
    # Stops of the template's colour scales stand in every figure, and are no results.
    template = {f"{k / 9:.9g}" for k in range(9)}
    seen = {view: drawn_on(app(view)) & withheld - template for view in FIGURES}
    assert sum(map(bool, seen.values())) >= 4, "the same search finds them for the evaluator"
    shown = {view: drawn_on(app(view, audience="funder")) & withheld - template for view in FIGURES}
    assert {view: found for view, found in shown.items() if found} == {}
