"""Answers to items: neighbours are joined alike for the whole measure, and nobody is told apart."""

from itertools import pairwise

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.disclosure.items import list_joins
from analysis.disclosure.volunteers import _bin_curve
from analysis.results import SUPPRESSED, Curve, NotEstimable
from dashboard.content.curves import count_at, is_told
from dashboard.content.topics.items import name_answers, say_items
from dashboard.sentences import say_caution
from dashboard.text import LANGUAGES, Text
from tests.studies import make_study

N = 60
MEASURE = {"name": "m", "kind": "scale", "range": [1, 5], "items": ["m"], "role": "primary"}
ITEMS = {**MEASURE, "items": ["a", "b"]}


def study_of(values, measure=ITEMS, **more):
    return make_study(values, measures=[measure], **more)


def test_a_curve_at_chosen_days_counts_as_the_curve_does():
    days = np.arange(0.0, 41.0)
    events, censored = np.zeros(41), np.zeros(41)
    events[1:] = 1.0
    risk = 40 - np.concatenate([[0.0, 0.0], np.cumsum(events[1:-1])])
    curve = Curve(
        time_days=tuple(days),
        at_risk=tuple(risk),
        events=tuple(events),
        censored=tuple(censored),
        survival=tuple(1 - days / 40),
        ci_low=tuple(0 * days),
        ci_high=tuple(0 * days + 1),
        n=40,
        method="kaplan_meier_loglog",
    )
    shown = _bin_curve(curve, (10.0, 30.0))
    assert shown.at_risk == (40.0, 40.0, 30.0)
    assert shown.events == (0.0, 10.0, 20.0)
    assert shown.survival == (1.0, 0.75, 0.25)
    assert [is_told(shown, month) for month in (0, 0.4, 1, 3)] == [True, True, True, False]
    assert is_told(curve, 3)
    assert count_at(shown, [0, 1, 3])[1:] == [(10, 30, 0), (SUPPRESSED,) * 3]


@pytest.mark.parametrize("size", range(3, 12))
def test_each_way_to_join_answers_joins_what_the_one_before_joined(size: int):
    """18 less 16 of two ways told two people who answered 3."""
    ways = [set(sum(bins, ())) for bins in list_joins(size)]
    assert all(coarser < finer for finer, coarser in pairwise(ways))
    assert all(min(way) == 0 and max(way) == size for way in ways)
    assert len(ways[-1]) == 3


@pytest.mark.parametrize("later", [None, (23, 25, 5, 10, 2)])
def test_one_wave_more_does_not_join_answers_in_another_way(later):
    """Answers 3 to 5 were 32 people, then 4 and 5 were 30 beside another wave: two answered 3."""
    counts = {"pre": (16, 17, 2, 20, 10), "post": (16, 17, 2, 20, 10), "later": later}
    told = {w: {"m": np.repeat(np.arange(1.0, 6), n)} for w, n in counts.items() if n}
    study = study_of(told, {**MEASURE, "range": [1, 5]})
    shown = protect(evaluate(study), study, "funder").items
    pre = next(one for one in shown if one.wave == "pre")
    assert dict(pre.counts) == {"1 – 3": 35, "4 – 5": 30}


def test_a_yes_no_item_with_few_yes_is_withheld_whole():
    yes = np.where(np.arange(N) < 2, 1.0, 0.0)
    measure = {**MEASURE, "kind": "binary", "range": [0, 1]}
    study = study_of({"pre": {"m": yes}, "post": {"m": yes}}, measure)
    shown = protect(evaluate(study), study, "funder").items
    assert all(set(one.counts.values()) == {SUPPRESSED} for one in shown)
    assert all(one.mean == SUPPRESSED for one in shown)


def test_an_item_beside_the_matched_gives_no_answer_of_a_few():
    """Three people answered before only: their answers are everyone's minus the matched's."""
    rng = np.random.default_rng(4)
    before, after = rng.integers(0, 2, N).astype(float), rng.integers(0, 2, N).astype(float)
    after[:3] = np.nan
    measure = {**MEASURE, "kind": "binary", "range": [0, 1]}
    study = study_of({"pre": {"m": before}, "post": {"m": after}}, measure)
    shown = protect(evaluate(study), study, "funder")
    assert not isinstance(shown.outcomes[0].change, NotEstimable)
    first = next(one for one in shown.items if one.wave == "pre")
    matched = {"0": int((before[3:] == 0).sum()), "1": int((before[3:] == 1).sum())}
    assert (first.n, dict(first.counts)) == (N - 3, matched), "of the matched alone"
    assert "answers_of_matched" in {c.code for c in shown.cautions}
    for language in LANGUAGES:
        assert [
            say_caution(Text(language), c) for c in shown.cautions if c.code == "answers_of_matched"
        ]


def test_a_withheld_mean_is_no_question_that_moved_most():
    rng = np.random.default_rng(8)
    values = {
        w: {"m": [rng.integers(1, 6, N).astype(float) for _ in "ab"]} for w in ("pre", "post")
    }
    values["pre"]["m"][0][:] = np.repeat([1, 2, 3, 4, 5], [2, 8, 20, 20, 10])
    study = study_of(values, ITEMS)
    shown = protect(evaluate(study), study, "funder").items
    assert any(one.mean == SUPPRESSED for one in shown)
    for language in LANGUAGES:
        told = say_items(Text(language), study.measure("m"), shown)
        assert "[c]" not in told


def test_joined_answers_are_named_in_the_readers_words():
    rng = np.random.default_rng(5)
    values = {
        wave: {"m": np.clip(rng.poisson(3, N) + 1, 1, 5).astype(float)} for wave in ("pre", "post")
    }
    values["pre"]["m"][:] = np.repeat([1, 2, 3, 4, 5], [2, 8, 20, 20, 10])
    study = study_of(values, {**MEASURE, "range": [1, 5]})
    shown = protect(evaluate(study), study, "funder").items
    lists = {tuple(one.counts) for one in shown}
    assert len(lists) == 1, "alike in every wave"
    named = name_answers(Text("zh-Hans"), study.plan, shown)
    assert [list(a.counts) for a in named] == [list(b.counts) for b in shown]
    for one in shown:
        assert all(n == SUPPRESSED or n == 0 or n >= 5 for n in one.counts.values())
