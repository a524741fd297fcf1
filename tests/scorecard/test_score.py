"""Bands, order and early warnings of the scorecard."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.results import Estimate, NotEstimable
from analysis.scorecard.score import (
    RULES,
    _status_range,
    _trend,
    find_warnings,
    score_sustainability,
)
from analysis.scorecard.score import (
    ScorecardInputs as Inputs,
)
from analysis.sustainability.results import Capacity, DomainCapacity, Funding, GrantExpiry
from dashboard.content.topics.scorecard import list_scorecard, say_status_range, say_unsure
from dashboard.status import STATUSES
from dashboard.text import LANGUAGES, Text


def funding(**values):
    told = {
        "currency": "CNY",
        "first_date": date(2025, 1, 1),
        "last_date": date(2026, 1, 1),
        "income": 100.0,
        "expense": 90.0,
        "surplus": 10.0,
        "by_month": (),
        "by_year": (),
        "concentration": (),
        "hhi": 0.7,
        "effective_sources": 1.4,
        "largest_share": 0.8,
        "recurring_share": None,
        "community_share": 0.02,
        "restricted_share": None,
        "balance": 20.0,
        "monthly_expense": 8.0,
        "runway_months": Estimate(estimate=2.5, n=1, method="balance_over_monthly_gap"),
        "stress": (),
        "expiries": (),
        "waterfall": (),
        "n_rows": 12,
        "n_left_out": 0,
    }
    return Funding(**{**told, **values})


def rows(sections, thresholds=None):
    return {row.code: row for row in score_sustainability(sections, thresholds or {})}


def test_every_rule_has_a_row_and_missing_data_are_said():
    found = rows(Inputs(funding=funding()))
    assert set(found) == set(RULES)
    assert found["retention_365"].status == "no_data"
    assert found["runway_months"].status == "act"
    assert found["largest_share"].status == "act"


def test_most_urgent_come_first_and_data_needed_last():
    urgencies = [row.urgency for row in score_sustainability(Inputs(funding=funding()), {})]
    assert urgencies == sorted(urgencies, reverse=True)
    assert urgencies[-1] == 0.0


@pytest.mark.parametrize(("share", "status"), [(0.8, "act"), (0.6, "watch"), (0.3, "good")])
def test_lower_is_better_for_the_largest_share(share, status):
    assert rows(Inputs(funding=funding(largest_share=share)))["largest_share"].status == status


@pytest.mark.parametrize(
    ("months", "low", "high", "reach"),
    [
        (4.5, 3.5, 5.5, ("watch", "watch")),
        (4.5, 2.0, 5.5, ("act", "watch")),
        (6.5, 2.5, 9.0, ("act", "good")),
        (4.5, None, None, ("watch", "watch")),
    ],
)
def test_an_interval_that_reaches_over_a_threshold_is_said(months, low, high, reach):
    """Act below 3 months, watch below 6: the point alone was judged."""
    left = Estimate(estimate=months, ci_low=low, ci_high=high, n=20, method="t")
    row = rows(Inputs(funding=funding(runway_months=left)))["runway_months"]
    assert row.status == ("good" if months >= 6 else "watch")
    assert row.status_range == reach
    for language in LANGUAGES:
        text = Text(language)
        said = say_status_range(text, row)
        assert bool(said) is (reach[0] != reach[1])
        assert bool(say_unsure(text, [row])) is bool(said)
        assert said in list_scorecard([row], text).frame[text("How sure")].iloc[0]
        if said:
            assert all(text(STATUSES[end].word) in said for end in reach)


def test_the_worst_end_is_the_upper_one_where_lower_is_better():
    value = Estimate(estimate=0.2, ci_low=0.1, ci_high=0.4, n=30, method="wilson")
    assert _status_range(value, "watch", 0.3, 0.15, False) == ("act", "good")


def test_thresholds_of_the_study_replace_the_rule_of_thumb():
    found = rows(Inputs(funding=funding()), {"runway_months": [1, 2]})["runway_months"]
    assert (found.status, found.rule_source) == ("good", "study_file")


def test_runway_without_end_is_good():
    endless = NotEstimable(reason="not_reached", method="runway", n=1)
    assert rows(Inputs(funding=funding(runway_months=endless)))["runway_months"].status == "good"


def test_warnings_are_sorted_by_when_they_bite():
    ending = GrantExpiry(source="Bureau", ends=date(2026, 5, 1), amount=80.0, months_left=4.0)
    found = find_warnings(Inputs(funding=funding(expiries=(ending,))))
    assert [w.code for w in found] == ["runway_short", "largest_grant_ends"]
    assert [w.days for w in found] == sorted(w.days for w in found)


def capacity(before, after, **ends):
    mean = Estimate(estimate=after, n=8, method="mean_t", **ends)
    first = Estimate(estimate=before, n=8, method="mean_t")
    told = {"domain": "money", "group": "", "change": None, "target": None, "gap": None}
    domains = tuple(
        DomainCapacity(wave=wave, mean=m, **told) for wave, m in (("pre", first), ("post", mean))
    )
    return Capacity(range=(1.0, 7.0), n_raters=8, domains=domains, agreement=())


def test_weakest_domain_is_a_share_of_the_range_with_trend_and_interval():
    found = rows(Inputs(capacity=capacity(2.2, 4.0, ci_low=3.4, ci_high=4.6)))["weakest_domain"]
    # (4 - 1) / 6, before (2.2 - 1) / 6; interval (3.4 - 1) / 6 to (4.6 - 1) / 6
    assert found.value.estimate == pytest.approx(0.5)
    assert (found.value.ci_low, found.value.ci_high) == pytest.approx((0.4, 0.6))
    assert found.previous == pytest.approx(0.2)
    assert (found.trend, found.status) == ("up", "watch")


def test_an_interval_never_leaves_the_range():
    found = rows(Inputs(capacity=capacity(1.0, 1.2, ci_low=0.4, ci_high=2.0)))["weakest_domain"]
    assert found.value.ci_low == 0.0


@given(share=st.floats(0, 1), act=st.floats(0.5, 1), watch=st.floats(0, 0.5))
def test_status_gets_no_better_as_dependence_grows(share, act, watch):
    bands = {"largest_share": [act, watch]}
    order = {"good": 0, "watch": 1, "act": 2}
    here = rows(Inputs(funding=funding(largest_share=share)), bands)["largest_share"]
    more = rows(Inputs(funding=funding(largest_share=min(1.0, share + 0.1))), bands)
    assert order[more["largest_share"].status] >= order[here.status]


def share(estimate, low, high):
    return Estimate(estimate=estimate, ci_low=low, ci_high=high, n=20, method="wilson")


@pytest.mark.parametrize(
    ("now", "before", "trend"),
    [
        # Shares of 20 people: ten points apart is within chance, forty is not.
        (share(0.6, 0.39, 0.78), share(0.5, 0.3, 0.7), "flat"),
        (share(0.9, 0.7, 0.97), share(0.5, 0.3, 0.7), "up"),
        (share(0.1, 0.03, 0.3), share(0.5, 0.3, 0.7), "down"),
        # Counts have no interval: 2 % decides, as before.
        (
            Estimate(estimate=6.0, n=6, method="count"),
            Estimate(estimate=5.0, n=5, method="c"),
            "up",
        ),
        (share(0.6, 0.39, 0.78), NotEstimable(reason="no_data"), "unknown"),
    ],
)
def test_a_trend_must_lie_beyond_both_intervals(now, before, trend):
    assert _trend(now, before) == trend
