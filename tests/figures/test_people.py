"""Pictures of people: what the axes, traces and words hold, in both languages."""

from dataclasses import replace

import pytest

from analysis import evaluate, read_study
from analysis.results import Estimate
from dashboard.content.curves import count_at, draw_retention
from dashboard.content.topics.cohorts import draw_cohorts
from dashboard.content.topics.delivery import draw_delivery, draw_fidelity
from dashboard.content.topics.hours import draw_activities, draw_hours, draw_hours_lorenz
from dashboard.content.topics.outlook import draw_outlook
from dashboard.content.topics.participation import draw_engagement, draw_months, draw_sessions
from dashboard.content.topics.reach import draw_funnel, draw_representation
from dashboard.content.topics.stays import draw_groups
from dashboard.content.topics.volunteers import draw_causes
from dashboard.content.topics.volunteers import draw_months as draw_team
from dashboard.text import LANGUAGES, Text
from tests.activities import read_tables
from tests.figures.plotly_view import view


@pytest.fixture(scope="module")
def found(sample_folder):
    return evaluate(read_study(sample_folder / "study.toml"))


@pytest.fixture(params=LANGUAGES)
def text(request):
    return Text(request.param)


def traces(figure):
    return view(figure).to_dict()["data"]


def words(figure):
    told = view(figure).to_dict()
    notes = [str(a.get("text", "")) for a in told["layout"].get("annotations", ())]
    ticks = [
        str(t)
        for axis in told["layout"].values()
        if isinstance(axis, dict)
        for t in axis.get("ticktext", ()) or ()
    ]
    return " ".join([*notes, *ticks, *(str(t.get("name", "")) for t in told["data"])])


def test_retention_curve_steps_from_one_and_never_rises(found, text):
    figure = draw_retention(found.volunteers, text)
    (curve,) = [t for t in traces(figure) if t.get("line", {}).get("width") == 2.5]
    assert list(curve["y"]) == list(found.volunteers.curve.survival)
    assert curve["y"][0] == 1
    assert all(b <= a for a, b in zip(curve["y"], curve["y"][1:], strict=False))
    assert curve["line"]["shape"] == "hv"


def test_retention_table_below_the_curve_adds_up(found):
    curve = found.volunteers.curve
    for staying, left, unseen in count_at(curve, [0, 3, 6, 12]):
        assert staying + left + unseen == curve.n


def test_groups_have_a_curve_each_and_a_name(found, text):
    for comparison in (*found.volunteers.by_group, found.volunteers.landmark):
        shown = [g for g in comparison.groups if g.curve is not None]
        lines = [t for t in traces(draw_groups(comparison, text)) if t.get("name")]
        assert len(lines) >= min(len(shown), 4)


def test_causes_are_bars_from_zero(found, text):
    figure = draw_causes(found.volunteers, text)
    (bars,) = [t for t in traces(figure) if t["type"] == "bar"]
    known = [c.at_365.estimate for c in found.volunteers.causes if isinstance(c.at_365, Estimate)]
    assert sorted(bars["x"]) == pytest.approx(sorted(known))


def test_months_show_losses_below_zero(found, text):
    figure = draw_team(found.volunteers, text)
    bars = [t for t in traces(figure) if t["type"] == "bar"]
    lowest = min(min(b["y"]) for b in bars)
    assert lowest == -max(m.lapsed for m in found.volunteers.monthly)
    assert sum(max(b["y"], default=0) for b in bars) > 0


def test_cohort_cells_are_the_shares(found, text):
    figure = draw_cohorts(found.volunteers, text, 5)
    cells = next(t for t in traces(figure) if t["type"] == "heatmap")
    shown = {round(v, 9) for row in cells["z"] for v in row if v is not None and v == v}
    known = {s for c in found.volunteers.cohorts for _, _, s in c.active if s is not None}
    assert {round(share, 9) for share in known} <= shown


def test_hours_mark_those_who_together_give_half(found, text):
    hours = found.volunteers.hours
    (bars,) = traces(draw_hours(hours, text))
    colours = list(bars["marker"]["color"])
    assert colours.count(colours[0]) == hours.bus_factor
    assert list(bars["y"]) == list(hours.per_person)
    assert str(hours.bus_factor) in words(draw_hours(hours, text))


def test_hours_lorenz_lies_below_equality(found, text):
    figure = draw_hours_lorenz(found.volunteers.hours, text)
    curve = max(traces(figure), key=lambda t: len(t["x"]))
    assert all(y <= x + 1e-9 for x, y in zip(curve["x"], curve["y"], strict=True))


def test_activities_sum_to_the_total(found, text):
    (bars,) = traces(draw_activities(found.volunteers.hours, text))
    assert sum(bars["x"]) == pytest.approx(found.volunteers.hours.total)


def test_outlook_continues_the_team_with_its_band(found, text):
    figure = draw_outlook(found.volunteers, text)
    last = found.volunteers.outlook[-1]
    values = [y for t in traces(figure) for y in t["y"] if y is not None]
    for value in (found.volunteers.active, last.active, last.low, last.high):
        assert value in values


def test_sessions_lie_with_their_control_limits(found, text):
    figure = draw_sessions(found.participation, text)
    shown = [s for s in found.participation.per_session if isinstance(s.rate, Estimate)]
    if shown:
        dots = next(t for t in traces(figure) if t.get("mode") == "lines+markers")
        assert list(dots["y"]) == [s.rate.estimate for s in shown]
        assert dots["marker"]["symbol"].count("diamond") == sum(s.outside for s in shown)
    else:
        (bars,) = traces(figure)
        assert list(bars["y"]) == [s.attended for s in found.participation.per_session]


def test_months_have_people_and_contacts(found, text):
    people, contacts = traces(draw_months(found.participation, text))
    assert all(p <= c for p, c in zip(people["y"], contacts["y"], strict=True))
    assert sum(contacts["y"]) == found.participation.contacts


def test_engagement_counts_everybody_once(found, text):
    (bars,) = traces(draw_engagement(found.participation, text))
    assert sum(bars["y"]) == found.participation.participants


def test_funnel_and_representation(found, text):
    (bars,) = traces(draw_funnel(found.participation, text))
    assert sorted(bars["x"]) == sorted(s.n for s in found.participation.funnel)
    for by in {r.by for r in found.participation.representation}:
        rows = [r for r in found.participation.representation if r.by == by]
        ticks = traces(draw_representation(rows, text))[0]
        assert list(ticks["x"]) == [r.population_share for r in rows]


def test_delivery_bars_sum_to_the_plan(found, text):
    figure = draw_delivery(found.delivery, text)
    assert sum(sum(t["x"]) for t in traces(figure)) == found.delivery.overall.planned
    (dots,) = traces(draw_fidelity(found.delivery, text))
    assert dots["x"][0] == found.delivery.overall.fidelity.estimate


def test_markup_in_uploaded_words_is_literal(found, text):
    hostile = "<b>x</b><script>"
    first = replace(found.participation.per_session[0], session=hostile)
    part = replace(found.participation, per_session=(first, *found.participation.per_session[1:]))
    told = str(view(draw_sessions(part, text)).to_dict())
    assert "<script>" not in told


@pytest.mark.parametrize(
    "draw",
    [
        lambda f, t: draw_retention(f.volunteers, t),
        lambda f, t: draw_team(f.volunteers, t),
        lambda f, t: draw_outlook(f.volunteers, t),
        lambda f, t: draw_delivery(f.delivery, t),
        lambda f, t: draw_hours(f.volunteers.hours, t),
    ],
)
def test_no_english_word_in_a_chinese_picture(found, draw):
    told = words(draw(found, Text("zh-Hans")))
    told = told.replace("<br>", " ")
    assert not [w for w in told.split() if w.isascii() and w.isalpha() and len(w) > 2]


def test_a_session_without_a_date_is_not_drawn_at_the_beginning_of_time():
    text = "id,session,date\nA,S1,2025-03-01\nB,S1,2025-03-01\nA,S2,2025-04-01\nB,S3,someday\n"
    study = read_tables(
        attendance=(text, {"person": "id", "session": "session", "date": "date"}),
    )
    found = evaluate(study).participation
    assert len(found.per_session) == 3
    for trace in view(draw_sessions(found, Text("en"))).data:
        assert all(str(x).startswith("2025-") for x in trace.x)
