"""Pictures of money, capacity, promises, targets and portfolios: what they draw, escaped."""

import pytest

from analysis import evaluate, read_study
from analysis.plan import TargetPlan
from analysis.results import Estimate
from analysis.targets import target_progress
from dashboard.content.axes import money_axis
from dashboard.content.format import say_cell
from dashboard.content.topics.capacity import draw_capacity, list_capacity
from dashboard.content.topics.consultation import (
    draw_follow_through,
    draw_stakeholders,
    draw_time_to_done,
)
from dashboard.content.topics.funding import (
    MAX_STEPS,
    draw_expiries,
    draw_months,
    draw_sources,
    draw_waterfall,
    list_shares,
    list_years,
)
from dashboard.content.topics.targets import draw_targets
from dashboard.figures.portfolio import (
    MAX_NAMED,
    count_outside,
    draw_columns,
    draw_forest_of_studies,
    draw_funnel,
)
from dashboard.text import Text
from tests.figures.plotly_view import view
from tests.sustainability.test_funding import ledger_study
from tests.test_portfolio import compare_studies, result
from tests.test_targets import NOTHING, score

HOSTILE = '<b onclick="x">bad</b>'
LANGUAGES = ["en", "zh-Hans"]


@pytest.fixture(scope="module")
def found(sample_folder):
    return evaluate(read_study(sample_folder / "study.toml")).sustainability


def words(figure) -> str:
    """Every word a picture holds: traces, annotations, ticks."""
    return str(view(figure).to_dict())


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_pictures_draw_in_both_languages(found, language):
    text = Text(language)
    funding, talk = found.funding, found.consultation
    figures = [
        draw_sources(funding, "source", text),
        draw_sources(funding, "kind", text),
        draw_months(funding, text),
        draw_waterfall(funding, text),
        draw_expiries(funding, text),
        draw_follow_through(talk, text),
        draw_stakeholders(talk, text),
        draw_time_to_done(talk.curve, text),
        *(
            draw_capacity(found.capacity, g, text)
            for g in dict.fromkeys(d.group for d in found.capacity.domains)
        ),
    ]
    assert all(view(figure).data for figure in figures)
    said = "".join(words(figure) for figure in figures)
    assert ("收入" in said) == (language == "zh-Hans")
    assert ("Income" in said) == (language == "en")


def test_the_waterfall_ends_at_the_last_year(found):
    (bars,) = view(draw_waterfall(found.funding, Text("en"))).data
    assert sum(bars.x[:-1]) == pytest.approx(found.funding.by_year[-1].income)
    assert bars.measure[0] == "absolute"
    assert bars.measure[-1] == "total"


@pytest.mark.parametrize(("language", "unit", "other"), [("en", "k", "万"), ("zh-Hans", "万", "k")])
def test_money_is_told_in_the_readers_thousands(found, language, unit, other):
    text = Text(language)
    ticks = view(draw_months(found.funding, text)).layout.yaxis.ticktext
    assert len(ticks) >= 3
    assert all(tick.endswith((unit, "0")) and other not in tick for tick in ticks)
    assert unit in view(draw_waterfall(found.funding, text)).data[0].text[0]
    assert any(
        unit in a.text for a in view(draw_sources(found.funding, "source", text)).layout.annotations
    )


@pytest.mark.parametrize(("low", "high"), [(0, 0), (-20_000, 150_000), (-1, 7), (-3e8, 1e9)])
def test_an_axis_of_money_has_few_round_ticks(low, high):
    ticks = money_axis(Text("en"), low, high, "CNY")["tickvals"]
    assert 1 <= len(ticks) <= 6
    assert 0 in ticks
    assert all(low <= tick <= high for tick in ticks)


def test_many_sources_become_one_step():
    rows = [("2025-03-01", 100 + i, f"source {i}", "x") for i in range(30)]
    rows += [("2026-03-01", 100, "source 1", "x"), ("2026-04-01", -5, None, None)]
    from analysis.sustainability.funding import evaluate_funding

    funding = evaluate_funding(ledger_study(rows))
    (bars,) = view(draw_waterfall(funding, Text("en"))).data
    assert len(bars.x) == MAX_STEPS + 2
    assert sum(bars.x[:-1]) == pytest.approx(funding.by_year[-1].income)


def test_hostile_names_are_escaped():
    from analysis.sustainability.funding import evaluate_funding

    rows = [("2025-03-01", 100, HOSTILE, HOSTILE), ("2026-03-01", 50, HOSTILE, HOSTILE)]
    funding = evaluate_funding(ledger_study(rows))
    for figure in (
        draw_sources(funding, "source", Text("en")),
        draw_waterfall(funding, Text("en")),
    ):
        assert "<b onclick" not in words(figure)
        assert "onclick" in words(figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bullets_show_progress_expected_and_interval(language):
    given = [
        score("p", "pre", Estimate(estimate=2.0, n=9, method="mean")),
        score("p", "post", Estimate(estimate=3.0, ci_low=2.5, ci_high=3.5, n=9, method="mean")),
    ]
    t = target_progress(TargetPlan(indicator="p.post.mean", target=4.0), NOTHING, given, None)
    figure = draw_targets([("same", t), ("same", t), (HOSTILE, t)], Text(language))
    bars = view(figure).data[1]
    assert list(bars.x) == [0.5, 0.5, 0.5]
    assert list(bars.y) == [0, 1, 2]
    intervals = [d for d in view(figure).data if d.type == "scatter" and d.mode == "lines"]
    assert [list(d.x) for d in intervals] == [[0.25, 0.75]] * 3
    assert "<b onclick" not in words(figure)


def many(n):
    told = [result(f"c{i}", 0.1 + i / n, 0.05 + i / n / 10, 50 + i) for i in range(n)]
    portfolio = compare_studies(told)
    return portfolio, {s.fingerprint: f"{HOSTILE} {s.fingerprint}" for s in portfolio.studies}


@pytest.mark.parametrize("n", [3, MAX_NAMED, 300])
def test_the_forest_stays_on_a_page_and_starts_with_the_most_certain(n):
    portfolio, titles = many(n)
    figure = draw_forest_of_studies(portfolio.measures[0], titles, Text("en"))
    points = view(figure).data[0]
    widths = [a + b for a, b in zip(points.error_x.array, points.error_x.arrayminus, strict=True)]
    assert widths == sorted(widths)
    assert view(figure).layout.height < 1600
    assert len(view(figure).layout.yaxis.ticktext) == (n + 2 if n <= MAX_NAMED else 2)
    assert "<b onclick" not in words(figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_funnel_and_columns_hold_every_study(language):
    portfolio, titles = many(60)
    funnel = draw_funnel(portfolio.measures[0], titles, Text(language))
    assert len(view(funnel).data[0].x) == 60
    assert len(view(funnel).data) == 3
    columns = draw_columns(portfolio.studies, titles, Text(language))
    assert len(view(columns).data) == 4
    assert list(view(columns).data[2].x) == []  # no targets: nothing is drawn as none met
    assert "<b onclick" not in words(funnel) + words(columns)


@pytest.mark.parametrize(("changes", "outside"), [((0.5, 0.52, 0.47), 0), ((0.5, 0.5, 2.9), 3)])
def test_studies_are_outside_the_funnel_only_where_they_are(changes, outside):
    told = [result(f"c{i}", change, 0.05, 50) for i, change in enumerate(changes)]
    assert count_outside(compare_studies(told).measures[0]) == (outside, 3)


def test_targets_met_stand_as_a_share_in_the_portfolio():
    told = [
        result("a", targets=[{"status": "met"}, {"status": "behind"}]),
        result("b", targets=[{"status": "met"}]),
    ]
    portfolio = compare_studies(told)
    columns = draw_columns(portfolio.studies, {"a": "A", "b": "B"}, Text("en"))
    assert list(view(columns).data[2].x) == [0.5, 1.0]
    assert list(view(columns).layout.xaxis3.tickvals) == [0.0, 1.0]
    assert len(view(columns).layout.xaxis.tickvals) == 2  # no study tells its reach


def test_a_summary_that_cannot_be_told_is_not_drawn():
    portfolio = compare_studies([result("a", se=0.0), result("b", se=0.0)])
    figure = draw_forest_of_studies(portfolio.measures[0], {"a": "A", "b": "B"}, Text("en"))
    assert len(view(figure).data) == 1
    assert all(isinstance(e, Estimate) for _, e in portfolio.measures[0].studies)


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_years_and_waves_are_told_in_words(found, language):
    text = Text(language)
    shares = {name: say_cell(text, share) for name, share in list_shares(found.funding, text).rows}
    assert shares[text("Raised in the community")] == text.percent(found.funding.community_share)
    assert shares[text("Comes again each year")] == "–"  # the ledger does not tell
    years = list_years(found.funding, text).frame
    assert years[text("Income")].sum() == pytest.approx(found.funding.income)
    assert (years[text("Income")] - years[text("Expense")]).sum() == pytest.approx(
        found.funding.surplus
    )
    assert set(list_capacity(found.capacity, text).frame[text("Wave")]) == {
        text("before"),
        text("after"),
    }
