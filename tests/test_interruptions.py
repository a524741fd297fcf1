"""Months before and after declared events: what counts, what is refused, who may see it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure.series import protect_series
from analysis.interruptions import evaluate_interruptions, find_interruptions
from analysis.plan import plan_from_dict
from analysis.plan_tables import EventMark
from analysis.results import SUPPRESSED, Comparison, NotEstimable
from analysis.sections import evaluate
from analysis.study import Study
from dashboard.content.topics.series import (
    draw_series,
    list_events,
    list_series,
    say_refusal,
    say_series_model,
)
from dashboard.render.painter import paint
from dashboard.sentences import known_codes, say_caution, say_finding
from dashboard.sentences.series import say_series_method
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.series import read_events, with_events
from tests.figures.plotly_view import view

MOVE = {"date": "2024-01-08", "label": {"en": "Move", "zh-Hans": "搬迁"}}
CAUSAL = ("cause", "because", "effect", "raised", "led to", "thanks", "导致", "使")


def sign_ins(n=36, step=20, start=20, first="2022-05", skip=(), slope=0):
    """Attendances by month: two sessions, on the 6th and the 20th."""
    rng = np.random.default_rng(8)
    rows = []
    for at, month in enumerate(pd.period_range(first, periods=n, freq="M")):
        people = int(30 + rng.normal(0, 3) + step * (at >= start) + slope * max(0, at - start))
        for day in (6, 20) if at not in skip else ():
            rows += [
                (f"P{i}", f"{month}-{day}", pd.Timestamp(f"{month}-{day:02d}"))
                for i in range(people // 2 + 8)
            ]
    return pd.DataFrame(rows, columns=["person", "session", "date"])


def study_of(attendance=None, service=None, events=(MOVE,), plan=None):
    plans = {"attendance": {"path": "a.csv", "events": list(events)}} | (plan or {})
    return Study(plan=plan_from_dict(plans), attendance=attendance, service=service)


def test_a_step_at_a_declared_event_is_found_and_told_without_a_causal_verb():
    evaluation = evaluate(study_of(sign_ins()))
    (series,) = evaluation.time_series
    (event,) = series.events
    assert (event.first_month, event.months_before, event.months_after) == ("2024-01", 20, 16)
    assert event.gap.ci_low < 20 < event.gap.ci_high
    assert event.p_adjusted == event.gap.p_value
    (finding,) = [f for f in evaluation.findings if f.code.startswith("series")]
    assert finding.code == "series_up"
    for language in LANGUAGES:
        text = Text(language)
        said = [say_finding(text, finding), say_series_model(text, series)]
        said += [say_caution(text, c) for c in series.cautions]
        said += say_series_method(text, evaluation.time_series)
        assert not [word for word in CAUSAL for line in said if word in line.replace("使用", "")]
        assert len(list_series(series, text).rows) == len(series.months)
        assert len(list_events(series, text).rows) == 3


def test_without_an_event_there_is_no_series():
    assert evaluate_interruptions(study_of(sign_ins(), events=())) == ()
    before = {"date": "2019-01-01", "label": "Long ago"}
    assert evaluate_interruptions(study_of(sign_ins(), events=(before,))) == ()


def test_months_without_any_count_as_nought_and_are_told():
    (series,) = evaluate_interruptions(study_of(sign_ins(skip=(5, 6))))
    assert series.empty == 2
    assert series.values[5] == series.values[6] == 0
    assert "series_empty_months" in {c.code for c in series.cautions}


def test_an_edge_month_recorded_in_part_is_left_out():
    rows = sign_ins()
    last = rows["date"].max()
    (series,) = evaluate_interruptions(study_of(rows[rows["date"] < last]))
    assert series.left_out == ("2025-04",)
    assert series.months[-1] == "2025-03"
    (whole,) = evaluate_interruptions(study_of(rows))
    assert whole.left_out == ()


def test_an_event_of_the_second_half_counts_from_the_next_month():
    late = {"date": "2024-01-20", "label": "Move"}
    (series,) = evaluate_interruptions(study_of(sign_ins(), events=(late,)))
    assert series.events[0].first_month == "2024-02"


@pytest.mark.parametrize(
    ("events", "refused"),
    [
        ([("2022-09-01", None)], ["too_few_before"]),
        ([("2025-01-01", None)], ["too_few_after"]),
        ([("2023-03-01", None), ("2023-06-01", None)], ["", "close_to_other"]),
        ([("2023-03-01", "2023-04-30")], ["passing"]),
        ([("2023-03-01", "2024-03-01")], [""]),
        ([("2023-02-01", None), ("2024-02-01", None)], ["", ""]),
    ],
)
def test_what_cannot_be_estimated_is_refused_with_its_reason(events, refused):
    given = [
        {"date": a, "until": b, "label": "X"} if b else {"date": a, "label": "X"} for a, b in events
    ]
    (series,) = evaluate_interruptions(study_of(sign_ins(), events=given))
    assert [event.refused for event in series.events] == refused
    for event in series.events:
        assert isinstance(event.gap, NotEstimable if event.refused else Comparison)
        for language in LANGUAGES:
            assert not event.refused or "{" not in say_refusal(Text(language), event)
    assert bool(series.fitted) == ("" in refused)


def test_hours_and_days_of_service_are_series_of_their_own():
    dates = pd.date_range("2022-05-01", "2025-04-30", freq="5D")
    service = pd.DataFrame({"volunteer": ["V1", "V2"] * (len(dates) // 2 + 1)}).iloc[: len(dates)]
    service["date"] = dates
    service["hours"] = 2.0
    plan = {
        "service": {"path": "s.csv", "volunteer": "v", "date": "d"},
        "retention": {"events": [MOVE]},
        "attendance": None,
    }
    (hours,) = evaluate_interruptions(study_of(service=service, plan=plan))
    (days,) = evaluate_interruptions(study_of(service=service.drop(columns="hours"), plan=plan))
    assert (hours.name, days.name) == ("hours", "days")
    assert hours.values == tuple(2 * n for n in days.values)


def test_an_outsider_sees_a_series_only_with_all_its_months():
    evaluation = evaluate(study_of(sign_ins()))
    people = evaluation.participation
    assert protect_series(evaluation.time_series, people, None, 5) == evaluation.time_series
    hidden = replace(
        people,
        per_period=tuple(
            replace(p, contacts=SUPPRESSED) if p.month == "2023-02" else p
            for p in people.per_period
        ),
    )
    (series,) = protect_series(evaluation.time_series, hidden, None, 5)
    assert series.values == series.fitted == ()
    assert series.events[0].gap.reason == "suppressed"
    assert list(find_interruptions([series])) == []
    assert say_series_model(Text("en"), series) == ""
    # Hours stand with the months of the team, which are not given here.
    (hours,) = protect_series([replace(evaluation.time_series[0], name="hours")], people, None, 5)
    assert hours.values == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_show_months_model_and_trend(language):
    (series,) = evaluate_interruptions(study_of(sign_ins()))
    text = Text(language)
    figure = draw_series(series, text)
    assert list(view(figure).data[0].y) == list(series.values)
    lines = [y for trace in view(figure).data[1:3] for y in trace.y]
    assert lines == list(series.fitted)
    assert list(view(figure).data[3].y) == list(series.events[0].expected)
    assert text.of(MOVE["label"]) in paint(figure)


@pytest.mark.parametrize(
    ("n", "start", "slope", "tested"),
    [
        (36, 20, 3, True),
        (36, 20, 0, True),
        (62, 31, 3, True),
        (36, 25, 3, False),
    ],
)
def test_a_change_of_the_trend_is_tested_from_twelve_months_on(n, start, slope, tested):
    month = pd.Period("2020-01", freq="M") + start
    move = MOVE | {"date": f"{month}-08"}
    rows = sign_ins(n, start=start, first="2020-01", slope=slope)
    (series,) = evaluate_interruptions(study_of(rows, events=[move]))
    found = series.events[0].slope
    assert isinstance(found, Comparison) is tested
    if tested:
        assert (found.p_value < 0.05) is (slope > 0)
    assert ("series_slope_short" in {c.code for c in series.cautions}) is not tested


def test_every_code_has_its_sentence():
    told = {code for code in known_codes("CAUTIONS") if code.startswith("series_")}
    assert told == {
        "series_no_comparison",
        "series_no_season",
        "series_correlated",
        "series_empty_months",
        "series_partial_months",
        "series_slope_short",
        "series_wide",
    }


def test_events_are_read_from_the_editor_and_kept_in_one_place():
    text = Text("en")
    before = [EventMark.model_validate(MOVE)]
    rows = [
        (pd.Timestamp("2024-01-08"), pd.NaT, "Move"),
        (pd.NaT, pd.NaT, None),
        (pd.Timestamp("2024-05-01"), pd.Timestamp("2024-05-20"), " Flood "),
    ]
    found = read_events(text, rows, before)
    assert [e.label for e in found] == [MOVE["label"], "Flood"]
    assert found[1].until == date(2024, 5, 20)
    assert read_events(text, [(pd.NaT, pd.NaT, "Move")], before) is None
    assert read_events(text, [(pd.Timestamp("2024-01-08"), pd.NaT, " ")], before) is None
    backwards = (pd.Timestamp("2024-01-08"), pd.Timestamp("2023-01-08"), "X")
    assert read_events(text, [backwards], before) is None
    both = plan_from_dict({"attendance": {"path": "a"}, "retention": {"events": [MOVE]}})
    changed = with_events(both, found)
    assert changed.list_events() == found
    assert changed.retention.events == []
    alone = with_events(plan_from_dict({}), found)
    assert alone.list_events() == found


def test_a_trend_of_few_months_is_said_to_be_untested():
    """Ten months on either side: level and mean distance stand, the slope says why it does not."""
    move = {"date": "2023-03-08", "label": {"en": "Move", "zh-Hans": "搬迁"}}
    evaluation = evaluate(study_of(sign_ins(n=20, start=10), events=(move,)))
    (series,) = evaluation.time_series
    (event,) = series.events
    assert isinstance(event.gap, Comparison)
    assert isinstance(event.slope, NotEstimable)
    (caution,) = [c for c in series.cautions if c.code == "series_slope_short"]
    assert "12" in say_caution(Text("en"), caution)
    assert "12" in say_caution(Text("zh-Hans"), caution)
    table = list_events(series, Text("en")).frame
    assert table["Change"].tolist()[2] == "not tested below 12 months"
    wide = [c for c in series.cautions if c.code == "series_wide"]
    assert all("30" in say_caution(Text(language), wide[0]) for language in ("en", "zh-Hans"))
    assert "averaged" not in " ".join(say_series_method(Text("en"), evaluation.time_series))
    (long,) = evaluate(study_of(sign_ins())).time_series
    assert isinstance(long.events[0].slope, Comparison)
    assert "series_slope_short" not in {c.code for c in long.cautions}
    assert "averaged" in " ".join(say_series_method(Text("en"), (long,)))
