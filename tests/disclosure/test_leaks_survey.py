"""What survey numbers told of a few people before: each stays closed."""

import inspect
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.disclosure.measurement import hide_size
from analysis.results import SUPPRESSED, Estimate, NotEstimable
from analysis.statistics.factor_model import FactorFit
from analysis.study import Exclusion
from benchmarks.attack.made_studies import draw_study
from dashboard.widgets import portfolio_mapping
from tests.studies import make_study

YES_NO = [{"name": "k", "kind": "binary", "range": [0, 1]}]


def answers_of(rng: np.random.Generator, said_no: int, said_yes: int) -> np.ndarray:
    """Draw answers to a yes/no question in any order."""
    answers = np.repeat([0.0, 1.0], [said_no, said_yes])
    rng.shuffle(answers)
    return answers


def scores_of(rng: np.random.Generator, n: int, gain: float = 0.0) -> np.ndarray:
    """Draw scores from 1 to 5."""
    return np.round(rng.normal(3 + gain, 0.7, n), 1).clip(1, 5)


def test_worst_and_best_case_tell_no_few_answers_of_the_last_wave():
    """Worst case less the first wave gave the 3 who said yes in the last one."""
    rng = np.random.default_rng(0)
    waves = {"pre": {"k": answers_of(rng, 20, 20)}, "post": {"k": answers_of(rng, 29, 3)}}
    study = make_study(waves, measures=YES_NO)
    (found,) = protect(evaluate(study), study, "funder").bounds
    assert found.low is found.high is found.n is SUPPRESSED


def test_a_small_reason_for_leaving_rows_out_does_not_follow_from_the_others():
    """Rows less respondents less the 10 left blank gave the 3 without consent."""
    rng = np.random.default_rng(1)
    study = make_study({"pre": {"m": scores_of(rng, 50)}, "post": {"m": scores_of(rng, 50)}})
    lost = [Exclusion(reason=why, n=n, wave="pre") for why, n in [("consent", 3), ("blank", 10)]]
    study = replace(study, exclusions=tuple(lost))
    flow = protect(evaluate(study), study, "funder").flow
    assert [one.n for one in flow.excluded] == [SUPPRESSED, SUPPRESSED]
    assert flow.waves["pre"].rows is flow.duplicates is SUPPRESSED
    assert flow.waves["post"].rows == 50


def test_reasons_of_many_are_given():
    """Nothing is withheld where no reason is small."""
    rng = np.random.default_rng(1)
    study = make_study({"pre": {"m": scores_of(rng, 50)}, "post": {"m": scores_of(rng, 50)}})
    study = replace(study, exclusions=(Exclusion(reason="blank", n=10, wave="pre"),))
    flow = protect(evaluate(study), study, "funder").flow
    assert (flow.waves["pre"].rows, flow.duplicates, flow.excluded[0].n) == (60, 0, 10)


def compare_groups(left: tuple[int, int]):
    """Make a study of two groups of 40, of which few with one fact, and others, leave."""
    rng = np.random.default_rng(3)
    facts = ["f"] * 22 + ["m"] * 18 + ["f"] * 16 + ["m"] * 24
    stayed = np.r_[left[0] : 40 - 6, 40 + left[1] : 80 - 4]
    everyone = np.arange(80)
    first = scores_of(rng, 80)
    last = np.round(first + rng.normal(0.3, 0.5, 80), 1).clip(1, 5)

    def twice(values):
        return [values[i] for i in (*everyone, *stayed)]

    return make_study(
        {"pre": {"m": first}, "post": {"m": last[stayed]}},
        respondents={"pre": list(map(str, everyone)), "post": list(map(str, stayed))},
        facts={
            "treated": twice([True] * 40 + [False] * 40),
            "group": twice(["T"] * 40 + ["C"] * 40),
        },
        covariates={"fact": twice(facts)},
        survey={"group": "group", "treated": ["T"], "covariates": ["fact"]},
    )


def test_differences_before_weighting_tell_no_few_who_left():
    """A difference of the matched in all its digits gave 2 and 4 leavers of a level."""
    study = compare_groups((2, 4))
    (found,) = protect(evaluate(study), study, "funder").comparison
    assert found.overlap is not None
    assert not [row for row in found.overlap.balance if row.variable == "fact"]
    (score,) = [row for row in found.overlap.balance if row.variable == "m"]
    assert (score.before, score.after) == (round(score.before, 2), round(score.after, 2))


def test_the_fit_of_one_factor_does_not_tell_how_many_answered_every_question():
    """RMSEA is the root of (χ² − df) / (df × n): with χ², which p gives as well, it gave n."""
    rmsea = Estimate(estimate=0.585, ci_low=0.39, ci_high=0.81, n=32, method="")
    fit = FactorFit(
        chi2=23.9, df=2, p_value=6e-6, cfi=0.7, rmsea=rmsea, srmr=0.2, loadings=(), n=32
    )
    assert round((fit.chi2 - fit.df) / (fit.df * rmsea.estimate**2)) == 32
    shown = hide_size(fit)
    assert shown.chi2 is shown.p_value is shown.n is shown.rmsea.n is SUPPRESSED
    assert shown.rmsea.ci_low is shown.rmsea.ci_high is SUPPRESSED
    assert (shown.cfi, shown.df, shown.rmsea.estimate) == (0.7, 2, 0.585)


def link_attendance(n_never: int, n_only: int):
    """Make a study of 40 who answered; some never came, and some only came."""
    rng = np.random.default_rng(1)
    came = [*range(40 - n_never), *range(100, 100 + n_only)]
    rows = [
        (str(i), f"S{k}", f"2026-01-{10 + k}")
        for i in came
        for k in rng.choice(6, int(rng.integers(1, 6)), replace=False)
    ]
    attendance = pd.DataFrame(rows, columns=["person", "session", "date"])
    attendance["date"] = pd.to_datetime(attendance["date"])
    waves = {"pre": {"m": scores_of(rng, 40)}, "post": {"m": scores_of(rng, 40, 0.4)}}
    return make_study(waves, attendance=attendance)


@pytest.mark.parametrize("audience", ["manager", "funder"])
@pytest.mark.parametrize("sizes", [(2, 12), (12, 2)])
def test_linked_people_do_not_tell_the_few_who_never_came(audience: str, sizes: tuple[int, int]):
    """40 matched less 38 linked: 2 people of the survey never signed in."""
    study = link_attendance(*sizes)
    (found,) = protect(evaluate(study), study, audience).dose
    assert found.n_linked is found.n_unlinked is SUPPRESSED


def test_linked_people_are_given_where_many_did_one_of_the_two():
    """28 of 40 came, 12 more came only: all are many."""
    study = link_attendance(12, 12)
    (found,) = protect(evaluate(study), study, "funder").dose
    assert (found.n_linked, found.n_unlinked) == (28, 12)


def test_the_portfolio_does_not_tell_which_share_of_people_two_studies_have_in_common():
    """95 % of 40 respondents in common: 2 people are in one study only."""
    assert ".share" not in inspect.getsource(portfolio_mapping)


def test_the_mean_of_a_test_does_not_tell_the_few_wrong_answers_to_one_question():
    """The score's mean less three questions given left 2 or 3 wrong answers to the fourth."""
    rng, right = np.random.default_rng(0), [(20, 25, 15, 38), (28, 30, 25, 33)]
    waves = {
        wave: {"m": [answers_of(rng, 40 - k, k).tolist() for k in numbers]}
        for wave, numbers in zip(("pre", "post"), right, strict=True)
    }
    measure = {"name": "m", "kind": "knowledge", "correct": {f"m_{i}": "1" for i in (1, 2, 3, 4)}}
    study = make_study(waves, measures=[measure])
    items = protect(evaluate(study), study, "funder").items
    hidden = {
        wave: [i.item for i in items if i.wave == wave and SUPPRESSED in i.counts.values()]
        for wave in ("pre", "post")
    }
    assert "m_4" in hidden["pre"]
    assert len(hidden["pre"]) == 2
    assert not hidden["post"]


def test_the_adjusted_p_value_is_of_the_people_whose_change_is_shown():
    """With one person unmatched, it stayed that of everybody and moved with this person's score."""
    rng = np.random.default_rng(4)
    first = np.round(rng.normal(3, 0.6, 20) * 4) / 4
    last = (np.round((first + rng.normal(0.25, 0.6, 20)) * 4) / 4).clip(1, 5)
    told = set()
    for score in (1.0, 5.0):
        study = make_study({"pre": {"m": np.r_[first, score].clip(1, 5)}, "post": {"m": last}})
        whole = evaluate(study)
        (found,) = protect(whole, study, "funder").outcomes
        assert found.change.name != whole.outcomes[0].change.name
        told.add((found.change.p_value, found.p_adjusted))
    ((p_value, adjusted),) = told
    assert adjusted == p_value


def test_points_of_the_dose_are_at_whole_sessions():
    """Five people who came once or never, 0.6 times on average: two never came."""
    for seed in range(100, 106):
        study, _ = draw_study(seed)
        inside = evaluate(study)
        given = [x for found in protect(inside, study, "funder").dose for x, _, _ in found.points]
        if any(x != round(x) for found in inside.dose for x, _, _ in found.points) and given:
            assert all(x == round(x) for x in given)
            return
    raise AssertionError("no drawn study has points between whole sessions")


@pytest.mark.parametrize("few", [1, 2, 4])
def test_a_change_of_few_people_is_not_the_change_of_all(few: int):
    """Mean, spread and t of 40 people left one way to add up: two rose, by .50 and .25."""
    before = np.random.default_rng(2).integers(1, 5, 40).astype(float)
    after = before.copy()
    after[:few] += 1
    study = make_study({"pre": {"m": before}, "post": {"m": after}})
    shown = protect(evaluate(study), study, "funder").outcomes[0]
    assert isinstance(shown.change, NotEstimable)
    assert all(isinstance(one, NotEstimable) for one in shown.analyses)


def test_a_mean_of_all_but_one_at_the_top_is_not_told():
    """4.99 of 40 people, and how far they are apart: one person lost two points."""
    before = np.full(40, 5.0)
    before[0] = 3
    after = np.random.default_rng(2).integers(1, 6, 40).astype(float)
    study = make_study({"pre": {"m": before}, "post": {"m": after}})
    shown = protect(evaluate(study), study, "funder")
    first = next(s for s in shown.scoring if s.wave == "pre")
    assert isinstance(first.mean, NotEstimable)
    assert first.sd is SUPPRESSED
