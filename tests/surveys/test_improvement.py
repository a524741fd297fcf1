"""Who improved: only against a threshold; important difference by a global question."""

import numpy as np
import pandas as pd
import pytest

from analysis.intake.values.anchors import read_steps
from analysis.results import Estimate, NotEstimable
from analysis.statistics.anchor import anchor_difference
from analysis.statistics.paired_categories import tango_limits
from analysis.surveys.change import evaluate_outcomes
from dashboard.sentences.improvement import say_improvement
from dashboard.text import Text
from tests.studies import make_study


def one_item(n=60, **measure):
    rng = np.random.default_rng(2)
    pre = rng.integers(1, 6, n).astype(float)
    post = np.clip(pre + rng.integers(-1, 3, n), 1, 5)
    return make_study(
        {"pre": {"m": pre}, "post": {"m": post}}, measures=[{"name": "m", **measure}]
    ), post - pre


def test_any_positive_change_is_not_better():
    study, change = one_item()
    assert (change > 0).any()
    found = evaluate_outcomes(study)[0].improved
    assert (found.threshold, found.threshold_source) == (None, "none")
    assert found.n_better is None
    assert isinstance(found.better, NotEstimable)
    assert isinstance(found.net, NotEstimable)


def test_net_share_is_better_minus_worse_with_tangos_interval():
    study, change = one_item(important_difference=1.0)
    found = evaluate_outcomes(study)[0].improved
    up, down = int((change >= 1).sum()), int((change <= -1).sum())
    assert found.net.estimate == pytest.approx((up - down) / change.size)
    assert (found.net.ci_low, found.net.ci_high) == pytest.approx(
        tango_limits(up, down, change.size)
    )


def test_yes_no_counts_other_answers():
    rng = np.random.default_rng(3)
    pre, post = rng.integers(0, 2, (2, 40)).astype(float)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": post}},
        measures=[{"name": "m", "kind": "binary", "range": [0, 1]}],
    )
    found = evaluate_outcomes(study)[0].improved
    assert found.threshold_source == "yes_no"
    assert found.n_better == int((post > pre).sum())


def anchored(weak=False, n=300, better="higher", seed=5):
    """People call it better where their change exceeds their own threshold around 0.5."""
    rng = np.random.default_rng(seed)
    sign = 1 if better == "higher" else -1
    gain = rng.normal(0.8, 1.0, n)
    felt = rng.normal(0.8, 1.0, n) if weak else gain
    # The score measures the change with error, as the method assumes.
    gain = gain + rng.normal(0, 0.6, n)
    own = rng.normal(0.5, 0.2, n)
    step = np.where(felt > own + 1, 2, np.where(felt > own, 1, np.where(felt > -own, 0, -1)))
    pre = rng.normal(50, 5, n)
    return (
        make_study(
            {"pre": {"m": pre}, "post": {"m": pre + sign * gain}},
            measures=[{"name": "m", "range": [0, 100], "better": better}],
            facts={"anchor": [*[np.nan] * n, *step.astype(float)]},
        ),
        gain,
        step,
    )


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_a_global_question_sets_the_threshold(better):
    study, _, _ = anchored(better=better)
    outcome = evaluate_outcomes(study)[0]
    anchor = outcome.anchor
    assert anchor.strong
    # The threshold people were made with lies in the interval, though 60 % say better.
    assert anchor.predictive.ci_low < 0.5 < anchor.predictive.ci_high
    assert anchor.predictive.estimate == pytest.approx(0.5, abs=0.12)
    assert outcome.improved.threshold_source == "anchor"
    assert outcome.improved.threshold == anchor.predictive.estimate
    for language in ("en", "zh-Hans"):
        lines = say_improvement(Text(language), outcome, study.measure("m"))
        assert len(lines) == 3
        assert "95%" in lines[-1]


def test_a_question_that_does_not_follow_the_change_sets_nothing():
    study, _, _ = anchored(weak=True)
    outcome = evaluate_outcomes(study)[0]
    assert not outcome.anchor.strong
    assert outcome.improved.threshold_source == "none"
    said = say_improvement(Text("en"), outcome, study.measure("m"))
    assert "too weakly" in said[-1]


def test_the_declared_difference_goes_before_the_question():
    study, _, _ = anchored()
    plan = study.plan.model_copy(
        update={
            "measures": [study.plan.measures[0].model_copy(update={"important_difference": 2.0})]
        }
    )
    from dataclasses import replace

    found = evaluate_outcomes(replace(study, plan=plan))[0].improved
    assert (found.threshold, found.threshold_source) == (2.0, "important_difference")


def test_predictive_threshold_is_the_logistic_models():
    """Without the adjustment (half say better) it is where the model gives the share itself."""
    from statsmodels.discrete.discrete_model import Logit

    _, gain, step = anchored(seed=9)
    better = step > 0
    found = anchor_difference(gain, step)
    a, b = (
        Logit(better.astype(float), np.column_stack([np.ones_like(gain), gain])).fit(disp=0).params
    )
    odds = np.log(better.mean() / (1 - better.mean()))
    r = np.corrcoef(gain, better)[0, 1]
    expected = (odds - a) / b - (0.090 + 0.103 * r) * gain.std(ddof=1) * odds
    assert found.predictive.estimate == pytest.approx(expected, rel=1e-6)
    pairs = (gain[better][:, None] > gain[~better]).mean()
    assert found.auc == pytest.approx(pairs)
    little = gain[step == 1]
    assert found.mean_change.estimate == pytest.approx(little.mean())
    assert isinstance(found.roc, Estimate)


def test_answers_become_steps():
    given = pd.Series(["Much better", "a little better", "好一点", "the same", None, "purple"])
    steps, unread = read_steps(given, {})
    assert steps.tolist()[:4] == [2, 1, 1, 0]
    assert np.isnan(steps[4])
    assert unread == [5]
    steps, unread = read_steps(pd.Series(["2", "-1", "0"]), {})
    assert (steps.tolist(), unread) == ([2, -1, 0], [])
    # On 1 to 5 nothing says which answer is "the same".
    steps, unread = read_steps(pd.Series(["1", "5", "3"]), {})
    assert unread == [0, 1, 2]
    steps, unread = read_steps(pd.Series(["1", "5", "3"]), {"5": 1, "3": 0, "1": -1})
    assert (steps.tolist(), unread) == ([-1, 1, 0], [])


def test_the_question_is_read_from_the_file(tmp_path):
    from analysis.intake.read.reader import read_study

    rows = [f"{i},pre,{1 + i % 4}," for i in range(30)]
    rows += [
        f"{i},post,{1 + (i + i % 3) % 5},{['worse', 'the same', 'better'][i % 3]}"
        for i in range(30)
    ]
    (tmp_path / "a.csv").write_text("\n".join(["code,wave,m1,how", *rows, "99,post,3,blue"]))
    (tmp_path / "study.toml").write_text(
        '[survey]\nrespondent = "code"\nwave = "wave"\nanchor = "how"\n'
        '[[survey.files]]\npath = "a.csv"\n'
        '[[measures]]\nname = "m"\nitems = ["m1"]\nrange = [1, 5]\n'
    )
    study = read_study(tmp_path / "study.toml")
    outcome = evaluate_outcomes(study)[0]
    assert outcome.anchor.n == 30
    assert outcome.anchor.n_better == 10
    unread = [issue for issue in study.issues if issue.code == "unread_anchor"]
    assert unread[0].details["values"] == ["blue"]
