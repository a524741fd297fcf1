"""Imputation of those lost, and the shift at which a result vanishes: closed forms, brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Comparison, NotEstimable
from analysis.statistics.clusters import cr2
from analysis.statistics.imputation import (
    _impute,
    barnard_rubin_df,
    fill_changes,
    impute_scores,
    pool_estimates,
)
from analysis.statistics.incomplete_shares import impute_shares
from analysis.statistics.t_tests import t_comparison
from analysis.statistics.tipping import (
    ImputedDifference,
    Tipping,
    find_tipping_point,
    impute_clusters,
    shift_lost,
)

PRE = np.array([2.0, 3, 4, 3, 2, 4, 3, 2, 3, 4, 3, 2, 5, 1, 4, 3])
POST = np.array([3.1, 4, 4.5, 3, 3, 4.2, 4, 2.7, 4, 4.9, 3.6, 3.3, 5, 2.4, np.nan, np.nan])


def predicted(x, y, at):
    """Mean and SD of the posterior predictive of a normal regression: a shifted t."""
    design = np.column_stack([np.ones(x.size), x])
    beta, rest = np.linalg.lstsq(design, y, rcond=None)[:2]
    df = x.size - 2
    leverage = np.array([1, at]) @ np.linalg.inv(design.T @ design) @ np.array([1, at])
    sd = np.sqrt(rest[0] / df * (1 + leverage) * df / (df - 2))
    return float(np.array([1, at]) @ beta), float(sd)


def test_a_drawn_score_has_the_posterior_predictive_of_the_regression():
    pre, post = PRE[:15], POST[:15]
    found = impute_scores(pre, post, m=40_000)
    drawn = found.means * 15 - (post - pre)[:14].sum() + pre[14]
    mean, sd = predicted(pre[:14], post[:14], pre[14])
    assert drawn.mean() == pytest.approx(mean, abs=0.015 * sd)
    assert drawn.std() == pytest.approx(sd, rel=0.02)
    assert stats.kurtosis(drawn) == pytest.approx(6 / (12 - 4), abs=0.3)
    assert found.lost_mean == pytest.approx(drawn.mean())
    assert (found.n, found.n_lost, found.n_missing, found.complete_df) == (15, 1, 0, 14)


def test_a_missing_baseline_is_drawn_from_the_later_score():
    mean, sd = predicted(POST[:13], PRE[:13], POST[13])
    pre = np.append(PRE[:13], np.nan)
    found = impute_scores(pre, POST[:14], m=20_000)
    drawn = POST[13] - (found.means * 14 - (POST - PRE)[:13].sum())
    assert drawn.mean() == pytest.approx(mean, abs=0.02 * sd)
    assert drawn.std() == pytest.approx(sd, rel=0.03)
    assert found.n_lost == 0


def test_an_auxiliary_variable_tells_where_the_other_score_cannot():
    rng = np.random.default_rng(7)
    pre, kind = rng.normal(3, 1, 3000), rng.integers(0, 2, 3000).astype(float)
    post = pre + np.where(kind == 1, -1.0, 1.0) + rng.normal(0, 0.3, 3000)
    lost = (kind == 1) & (rng.random(3000) < 0.8)
    seen = np.where(lost, np.nan, post)
    truth = float((post - pre).mean())
    alone = shift_lost(impute_scores(pre, seen))
    told = shift_lost(impute_scores(pre, seen, kind))
    assert abs(alone.estimate - truth) > 0.3
    assert told.estimate == pytest.approx(truth, abs=0.03)
    missing = [one.details["missing_information"] for one in (told, alone)]
    assert missing[0] < missing[1] / 2
    # Unknown for some, it still helps; of no spread, it is left out.
    some = np.where(rng.random(3000) < 0.1, np.nan, kind)
    assert shift_lost(impute_scores(pre, seen, some)).estimate == pytest.approx(truth, abs=0.05)
    assert shift_lost(impute_scores(pre, seen, np.ones(3000))) == alone


def test_who_is_left_out_and_what_is_refused():
    pre = np.array([np.nan, *PRE])
    found = shift_lost(impute_scores(pre, np.array([np.nan, *POST])))
    assert (found.n, found.n_missing, found.ci_level) == (16, 1, 0.95)
    assert found.details["m"] == 20
    assert found.ci_low < found.estimate < found.ci_high
    assert found.estimate == shift_lost(impute_scores(PRE, POST)).estimate
    few = impute_scores([1, 2, 3, 4], [2, 2, 4, 5], m=2)
    assert (few.reason, few.n) == ("too_few", 4)
    assert impute_scores([1, 2, 3, 4, 5], [2, 2, 4, 5, 5], m=2).n == 5
    flat = impute_scores([3.0] * 6, [2, 2, 4, 5, 5, np.nan], m=2)
    assert (flat.reason, flat.name) == ("no_variance", "multiple_imputation")
    assert impute_scores([], []).reason == "too_few"
    assert impute_scores([1, 2, 3], [np.nan] * 3, np.ones(3)).reason == "too_few"
    nothing_known = np.full((16, 1), np.nan)
    assert impute_scores(PRE, POST, nothing_known).means == pytest.approx(
        impute_scores(PRE, POST).means
    )


def test_fillings_do_not_depend_on_how_many_fit_in_memory(monkeypatch):
    whole = impute_scores(PRE, POST, m=6, seed=4)
    again = impute_scores(PRE, POST, m=6, seed=4)
    assert np.array_equal(whole.means, again.means)
    assert not np.array_equal(whole.means, impute_scores(PRE, POST, m=6, seed=5).means)
    assert whole.method == "chained_normal_m_6_seed_4"
    monkeypatch.setattr("analysis.statistics.imputation._MAX_CELLS", 2 * PRE.size * 2)
    parts = impute_scores(PRE, POST, m=5, seed=4)
    assert parts.means.shape == parts.variances.shape == parts.covariances.shape == (5,)


@given(st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_a_shift_is_the_shift_of_every_drawn_score(delta):
    found = impute_scores(PRE, POST, m=8, seed=9)
    filled = _impute(np.column_stack([PRE, POST]), 8, np.random.default_rng(9))
    lost = ~np.isfinite(POST)
    changes = filled[:, :, 1] + delta * lost - filled[:, :, 0]
    means, squares = found.moments(delta)
    assert means == pytest.approx(changes.mean(axis=1), rel=1e-9)
    assert squares == pytest.approx(changes.var(axis=1, ddof=1) / PRE.size, rel=1e-9)


def test_rubins_rules_by_hand():
    q, u = np.array([0.2, 0.5, 0.3, 0.6]), np.array([0.02, 0.03, 0.01, 0.02])
    found = pool_estimates(q, u, 30, 31, n_missing=2, ci_level=0.9, method="m", name="x")
    between = 1.25 * q.var(ddof=1)
    total = u.mean() + between
    share = between / total
    df = 1 / (share**2 / 3 + 1 / (31 / 33 * 30 * (1 - share)))
    half = stats.t.ppf(0.95, df) * np.sqrt(total)
    assert (found.estimate, found.std_error) == pytest.approx((0.4, np.sqrt(total)))
    assert (found.ci_low, found.ci_high) == pytest.approx((0.4 - half, 0.4 + half))
    assert (found.df, found.statistic) == pytest.approx((df, 0.4 / np.sqrt(total)))
    assert found.p_value == pytest.approx(2 * stats.t.sf(0.4 / np.sqrt(total), df))
    assert (found.n, found.n_missing, found.ci_level) == (31, 2, 0.9)
    assert (found.method, found.name) == ("m", "x")
    assert found.details == {"m": 4, "missing_information": pytest.approx(share)}
    single = pool_estimates([0.3], [0.01], 20, 21)
    assert single.std_error == pytest.approx(0.1)
    assert single.df == pytest.approx(21 / 23 * 20)
    assert pool_estimates([0.1, 0.1], [0.0, 0.0], 5, 6).reason == "no_variance"
    assert barnard_rubin_df(0.4, 1, 50) == pytest.approx(51 / 53 * 50 * 0.6)
    assert barnard_rubin_df(0.4, 5, 50) < min(4 / 0.16, 50)


def tip(pre, post, low=1.0, high=5.0, **options):
    imputed = impute_scores(pre, post, **options)
    found = find_tipping_point(lambda d: shift_lost(imputed, d), imputed.lost_mean, low, high)
    return imputed, found


def test_at_the_tipping_point_the_interval_touches_zero():
    imputed, found = tip(PRE, POST)
    assert found.status == "reached"
    assert found.limit == pytest.approx(1.0 - imputed.lost_mean)
    assert found.limit < found.delta < 0
    assert shift_lost(imputed, found.delta).ci_low == pytest.approx(0, abs=1e-8)
    assert shift_lost(imputed, found.delta * 0.99).ci_low > 0
    assert [d for d, _ in found.shown] == pytest.approx(np.linspace(0, 1, 5) * found.limit)
    assert found.shown[0][1] == shift_lost(imputed)


@given(st.floats(0.2, 3.0), st.floats(-1.0, 4.0))
@settings(max_examples=15, deadline=None)
def test_the_tipping_point_mirrors_and_moves_with_the_scale(scale, shift):
    _, found = tip(PRE, POST)
    _, mirrored = tip(6 - PRE, 6 - POST)
    assert mirrored.delta == pytest.approx(-found.delta, abs=0.15)
    _, moved = tip(PRE * scale + shift, POST * scale + shift, scale + shift, 5 * scale + shift)
    assert moved.delta == pytest.approx(found.delta * scale, rel=1e-6)


@pytest.mark.parametrize("rising", [True, False])
def test_a_small_shift_is_found_in_its_direction(rising):
    """A change that is clear by a hair ends at a shift within the first step, up or down."""
    sign = 1.0 if rising else -1.0

    def shifted(delta):
        return t_comparison(
            name="x", estimate=1.98 * sign + delta, std_error=1.0, df=1e6, n=99, method="t"
        )

    found = find_tipping_point(shifted, 3.0, 1.0, 5.0)
    assert found.status == "reached"
    assert found.delta == pytest.approx(-sign * (1.98 - stats.t.isf(0.025, 1e6)), abs=1e-8)


def test_not_reached_within_the_scale_and_not_clear():
    strong = POST + 1.0
    imputed, found = tip(PRE, strong, low=1.0, high=6.0)
    worst = shift_lost(imputed, found.limit)
    assert (found.status, found.delta) == ("not_reached", None)
    assert worst.ci_low > 0
    assert worst.estimate == pytest.approx(
        (np.nansum(strong) + 2 * 1.0 - PRE.sum()) / PRE.size, rel=1e-9
    ), "as if both had ended at the lowest score"
    _, none = tip(PRE, PRE + np.where(np.isfinite(POST), np.resize([0.5, -0.5], 16), np.nan))
    assert none == Tipping(status="not_clear")
    flat = find_tipping_point(lambda _: NotEstimable(reason="no_variance"), 3, 1, 5)
    assert flat.status == "not_clear"
    # Where no error can be given any more, nothing is clear.
    cut = find_tipping_point(
        lambda d: shift_lost(imputed, d) if d > -0.6 else NotEstimable(reason="no_variance"),
        imputed.lost_mean,
        1.0,
        6.0,
    )
    assert cut.status == "reached"
    assert cut.delta == pytest.approx(-0.6, abs=1e-6)
    # Those lost are already drawn below the scale: there is no way down.
    beyond = find_tipping_point(lambda _: shift_lost(imputed), 0.5, 1.0, 5.0)
    assert (beyond.status, beyond.limit) == ("not_reached", 0.0)


def test_only_the_treated_lost_are_shifted_and_the_errors_add():
    treated = impute_scores(PRE, POST, m=10, seed=1)
    compared = impute_scores(PRE, POST - 0.5, m=10, seed=2)
    both = ImputedDifference(treated=treated, comparison=compared)
    means, squares = both.moments(-0.4)
    assert means == pytest.approx(treated.moments(-0.4)[0] - compared.moments()[0])
    assert squares == pytest.approx(treated.moments(-0.4)[1] + compared.moments()[1])
    assert (both.n, both.n_lost, both.n_missing) == (32, 2, 0)
    assert both.lost_mean == treated.lost_mean
    assert both.method.endswith(";by_group")
    v, w = (one.moments()[1].mean() for one in (treated, compared))
    assert both.complete_df == pytest.approx((v + w) ** 2 / (v**2 / 15 + w**2 / 15))
    assert isinstance(shift_lost(both), Comparison)


def test_the_yes_of_those_lost_are_turned_alike():
    table, before, after = [[30, 25], [5, 40]], (12, 8), (4, 6)
    found = impute_shares(table, before, after, m=7, seed=3)
    assert (found.n, found.n_lost, found.complete_df) == (130, 20, 129)
    assert found.cells.sum(axis=1) == pytest.approx(130)
    assert found.lost.sum(axis=1) == pytest.approx(20)
    assert found.lost[:, :2].sum(axis=1) == pytest.approx(12)
    assert found.lost_mean == pytest.approx(found.lost[:, [1, 3]].sum(axis=1).mean() / 20)
    for delta in (-0.25, 0.0, 0.1):
        means, squares = found.moments(delta)
        for k in range(7):
            no_yes, yes_yes = found.lost[k, 1], found.lost[k, 3]
            no_no, yes_no = found.lost[k, 0], found.lost[k, 2]
            c = found.cells[k].copy()
            if delta < 0:
                part = 20 * -delta / (no_yes + yes_yes)
                c += part * np.array([no_yes, -no_yes, yes_yes, -yes_yes])
            else:
                part = 20 * delta / (no_no + yes_no)
                c += part * np.array([-no_no, no_no, -yes_no, yes_no])
            mean = (c[1] - c[2]) / 130
            assert means[k] == pytest.approx(mean)
            assert squares[k] == pytest.approx(((c[1] + c[2]) - 130 * mean**2) / 129 / 130)
    assert found.moments(-0.1)[0].mean() == pytest.approx(
        found.moments()[0].mean() - 0.1 * 20 / 130
    )
    # No filling can turn more people than said yes in it.
    assert found.moments(-5)[0] == pytest.approx(found.moments(-1)[0])
    nobody = impute_shares(table, (0, 0), after, m=3)
    assert (nobody.n_lost, nobody.lost_mean) == (0, 0.0)


def test_a_shift_in_clusters_is_cr2_of_the_shifted_scores():
    """Linear scores: exact at any shift, beside CR2 of every filling with the lost moved."""
    rng = np.random.default_rng(8)
    sides, labels = [], []
    for side, seed in (("t", 3), ("c", 4)):
        cluster = np.array([f"{side}{at}" for at in rng.integers(0, 5, 60)], dtype=object)
        pre = rng.normal(3, 0.6, 60)
        post = np.where(rng.random(60) < 0.3, np.nan, pre + rng.normal(0.3, 0.4, 60))
        sides.append(fill_changes(pre, post, m=4, seed=seed))
        labels.append(cluster)
        moments = impute_scores(pre, post, m=4, seed=seed)
        assert sides[-1].changes.mean(axis=1) == pytest.approx(moments.means, rel=1e-12)
        assert sides[-1].lost_mean == pytest.approx(moments.lost_mean, rel=1e-12)
    labels[1][:2] = None
    found = impute_clusters(sides[0], sides[1], (labels[0], labels[1]))
    arm = np.repeat([1.0, 0.0], 60)
    lost = np.concatenate([sides[0].lost, np.zeros(60)])
    for delta in (0.0, -1.3, 0.8):
        means, squares = found.moments(delta)
        for filling in range(4):
            change = np.concatenate([one.changes[filling] for one in sides]) + delta * lost
            alone = cr2(change, np.column_stack([np.ones(120), arm]), np.concatenate(labels), 1)
            assert means[filling] == pytest.approx(alone.estimate, rel=1e-9)
            assert np.sqrt(squares[filling]) == pytest.approx(alone.std_error, rel=1e-9)
            assert found.complete_df == pytest.approx(alone.df, rel=1e-9)
    assert (found.n, found.n_missing, found.n_lost) == (118, 2, int(sides[0].lost.sum()))


def test_too_few_clusters_refuse_the_imputed_difference():
    pre = np.append(PRE, PRE)
    filled = fill_changes(pre, np.append(POST, POST), m=2)
    one, two = np.repeat(["a"], 32), np.repeat(["a", "b"], 16)
    assert impute_clusters(filled, filled, (one, two)).reason == "not_identified"
    few = impute_clusters(filled, filled, (two, np.char.add(two, "c")))
    assert (few.reason, few.name, few.details["n_treated_clusters"]) == (
        "too_few",
        "did_multiple_imputation",
        2,
    )


def test_nobody_is_left_out_unless_somebody_says_so():
    pooled = pool_estimates([1.0, 1.2, 0.9], [0.04, 0.05, 0.04], complete_df=20.0, n=22)
    assert pooled.n_missing == 0
