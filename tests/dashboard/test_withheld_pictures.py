"""Where everything a picture would draw is withheld, one sentence stands in its place."""

from collections.abc import Iterator

import pandas as pd
import plotly.io as pio
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis import evaluate
from analysis.intake.read.reader import read_study
from analysis.plan import plan_from_dict
from analysis.results import NotEstimable
from dashboard.content.chart import Chart
from dashboard.content.curves import say_time
from dashboard.content.topics.hours import give_amount
from dashboard.exports.web_page import write_web_page
from dashboard.navigation import SECTIONS, has_page
from dashboard.sentences.statistics import share_with_interval
from dashboard.text import Text
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import create_study, save_file, save_version
from tests.dashboard.test_hostile_studies import (
    APP,
    ROSTER,
    SIGN_IN,
    Files,
    answers,
    join,
    rows,
    survey,
    table,
)

VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
VOLUNTEERS = rows("id,joined,left", "V1,2025-01-01,", "V2,2025-03-01,2025-06-01")
CAME = rows("code,session,date", *(f"P{i},S{i % 2},2025-03-0{1 + i % 2}" for i in range(4)))
RATED = rows(
    "rater,domain,score,wave",
    *(f"R{1 + i % 2},{'Money' if i < 2 else 'People'},{2 + i % 3},pre" for i in range(4)),
)
FEW = join(
    survey({"pre": answers(4), "post": answers(4, step=1)}),
    table("volunteers", VOLUNTEERS, **ROSTER),
    table("attendance", CAME, **SIGN_IN),
    table("capacity", RATED, range=[1, 5]),
)
STUDIES = {"few": FEW, "one_wave": survey({"pre": answers(4)})}


SAID = {
    "en": "What this picture would show is withheld: it is about too few people.",
    "zh-Hans": "涉及人数过少，此图内容不予显示。",
}


def figure_of(element) -> Chart:
    told = pio.from_json(element.proto.spec).to_plotly_json()  # arrays decoded
    return Chart(data=told["data"], layout=told["layout"])


def open_pages(files: Files, audience: str, language: str = "en") -> Iterator[tuple[str, AppTest]]:
    study = create_study("Few")
    for name, content in files.contents.items():
        save_file(study, name, content.encode())
    save_version(study, plan_from_dict(files.plan))
    at = AppTest.from_file(str(APP), default_timeout=90)
    at.query_params["lang"], at.query_params["study"] = language, study
    at.query_params["audience"] = audience
    for view in VIEWS:
        at._page_hash = calc_hash(view)
        yield view, at.run()


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    yield
    close_workspaces()


@pytest.mark.parametrize(("name", "language"), [("few", "en"), ("one_wave", "zh-Hans")])
def test_a_sentence_stands_where_a_funders_picture_would_be_empty(name: str, language: str):
    blank, said = [], set()
    for view, at in open_pages(STUDIES[name], "funder", language):
        assert not at.exception, (view, at.exception[0].value)
        # What is withheld did not move most.
        assert view != "items" or "[c]" not in at.title[0].value.replace("\\", "")
        blank += [view for one in at.get("plotly_chart") if figure_of(one).blank]
        said |= {view for one in at.info if one.value.replace("\\", "") == SAID[language]}
    assert blank == []
    assert {"items", "reliability"} <= said
    assert "outcomes" in said or name == "one_wave"


def test_the_evaluator_is_shown_the_same_pictures():
    drawn = {
        view: [figure_of(one).blank for one in at.get("plotly_chart")]
        for view, at in open_pages(FEW, "evaluator")
    }
    assert drawn["items"] == [False]
    assert sum(map(len, drawn.values())) >= 6
    assert not any(any(one) for one in drawn.values())


@pytest.mark.parametrize("audience", ["evaluator", "manager"])
def test_no_picture_of_the_sample_is_missing(audience: str):
    """How often people came was not drawn: bars with their number on them were taken for lines."""
    at = AppTest.from_file(str(APP), default_timeout=90)
    at.query_params["lang"], at.query_params["study"] = "en", "sample"
    at.query_params["audience"] = audience
    missing = set()
    for view in VIEWS:
        at._page_hash = calc_hash(view)
        told = [one.value.replace("\\", "") for one in at.run().info]
        missing |= {view for one in told if one == SAID["en"] or "nothing to draw" in one}
    assert missing == set()


def test_the_web_page_of_a_funder_says_so_too():
    study = read_study(
        plan_from_dict(FEW.plan), {name: told.encode() for name, told in FEW.contents.items()}
    )
    page = write_web_page(evaluate(study), study, Text("en")).decode()
    assert SAID["en"] in page


NAN = float("nan")


@pytest.mark.parametrize(
    ("trace", "blank"),
    [
        (("scatter", dict(x=[NAN, NAN], y=[1, 2])), True),
        (("scatter", dict(x=[NAN, 2], y=[1, NAN])), True),
        (("scatter", dict(x=[NAN, 2], y=[1, 2])), False),
        (("scatter", dict(x=[1, 2], y=[1, 2], mode="lines", hoverinfo="skip")), True),
        (("scatter", dict(x=[1, 2], y=[1, 2], mode="markers", hoverinfo="skip")), False),
        (("bar", dict(x=["1", "2"], y=[3, 9], text=["3", "9"], hoverinfo="skip")), False),
        (("bar", dict(x=["North"], y=[None])), True),
        (("bar", dict(x=["North"], y=[3])), False),
        (("scatter", dict(x=[pd.Timestamp("2026-01-01")], y=[0])), False),
        (("scatter", dict(x=[], y=[])), True),
        (("heatmap", dict(x=["a", "b"], y=["c"], z=[[NAN, 1]])), False),
        (("heatmap", dict(x=["a", "b"], y=["c"], z=[[NAN, NAN]])), True),
    ],
)
def test_a_picture_is_blank_without_one_whole_point(trace, blank: bool):
    kind, options = trace
    chart = Chart()
    getattr(chart, f"add_{kind}")(**options)
    assert chart.blank is blank


def test_a_diagram_of_words_is_not_blank():
    figure = Chart()
    assert figure.blank
    figure.add_annotation(text="40 people")
    assert not figure.blank


def test_tables_say_of_a_withheld_number_that_it_is_withheld():
    """Shares of volunteers withheld from funders stood as "not estimable"."""
    share = NotEstimable(reason="suppressed")
    icc = NotEstimable(reason="too_few", n=2)
    for language, unknown in (("en", "not estimable"), ("zh-Hans", "无法估计")):
        text = Text(language)
        for say in (share_with_interval, give_amount, say_time):
            assert say(text, share) == "[c]"
            assert say(text, icc) == unknown
