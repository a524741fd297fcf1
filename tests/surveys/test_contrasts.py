"""One contrast speaks for a measure: on every page, in targets, in the portfolio, in the cost."""

import numpy as np
import pytest

from analysis.funder_summary import main_outcome
from analysis.portfolio import shorten_result
from analysis.results import Comparison
from analysis.sections import evaluate
from analysis.surveys.contrasts import main_contrast, main_records, main_rows, waves_before
from analysis.surveys.panel import build_panel
from tests.studies import make_study
from tests.test_portfolio import compare_studies

N = 120
ARM = np.arange(N) < 60


def with_memory(gain=0.6):
    """60 + 60 people who remember their start as higher than they said it was."""
    rng = np.random.default_rng(20)
    pre = rng.normal(3, 0.4, N)
    post = pre + 0.05 + gain * ARM + rng.normal(0, 0.25, N)
    then = pre + 0.5 * ~ARM + rng.normal(0, 0.25, N)
    waves = {"pre": {"s": pre}, "post": {"s": post}, "then": {"s": then}}
    study = make_study(
        waves,
        measures=[{"name": "s", "range": [-10, 10]}],
        facts={"treated": [*ARM] * 3},
        survey={"retrospective": ["then"]},
    )
    targets = [{"indicator": "s.change", "target": 0.5}]
    plan = study.plan.model_validate({**study.plan.model_dump(), "targets": targets})
    change = post - pre
    effect = change[ARM].mean() - change[~ARM].mean()
    return type(study)(plan=plan, survey=study.survey), effect, change[ARM].mean()


def test_a_memory_never_speaks_against_the_comparison_group():
    study, effect, change = with_memory()
    found = evaluate(study)
    said = {f.code: f for f in found.findings}
    assert said["study_summary_compared"].values["clear"] == 1
    (against,) = [f for f in found.findings if f.section == "comparison" and f.measure == "s"]
    assert against.values["change"] == pytest.approx(effect)
    assert against.code.endswith("_up")
    (target,) = found.targets
    assert target.actual.estimate == pytest.approx(change)
    assert target.status == "met"
    assert {c.contrast for c in found.comparison if c.main} == {("pre", "post")}


def three_waves(seed=4):
    """Little by the middle wave, much by the last; everyone better in the end."""
    rng = np.random.default_rng(seed)
    pre = rng.normal(3, 0.4, 40)
    waves = {
        "pre": {"s": pre},
        "mid": {"s": pre + 0.1 + rng.normal(0, 0.2, 40)},
        "post": {"s": pre + 0.55 + rng.normal(0, 0.1, 40)},
    }
    measures = [{"name": "s", "range": [-10, 10], "role": "primary", "important_difference": 0.2}]
    title = {"title": f"study {seed}"}
    return make_study(waves, measures=measures, study=title), waves


def test_pages_and_funder_and_portfolio_speak_of_the_first_to_the_last_wave():
    study, waves = three_waves()
    found = evaluate(study)
    change = (waves["post"]["s"] - waves["pre"]["s"]).mean()
    main = main_outcome(found)
    assert main.contrast == ("pre", "post")
    assert main.change.estimate == pytest.approx(change)
    assert main.improved.n_better == int((waves["post"]["s"] - waves["pre"]["s"] >= 0.2).sum())
    (said,) = [f for f in found.findings if f.measure == "s" and f.section == "outcomes"]
    assert said.values["change"] == pytest.approx(change)
    others = [evaluate(three_waves(seed)[0]) for seed in (5, 6)]
    results = [shorten_result(one.to_results()) for one in (found, *others)]
    (pooled,) = compare_studies(results).measures
    assert [e.estimate for _, e in pooled.studies] == pytest.approx(
        [main_outcome(one).change.estimate for one in (found, *others)]
    )


def test_a_middle_wave_takes_no_strength_from_the_main_contrast():
    found = evaluate(three_waves()[0])
    middle, last = found.outcomes
    assert (middle.main, last.main) == (False, True)
    assert last.p_adjusted == last.change.p_value
    assert middle.role == "exploratory"
    assert isinstance(middle.change, Comparison)
    assert middle.p_adjusted == middle.change.p_value


def test_a_measure_not_asked_in_the_last_wave_speaks_of_the_last_one_it_was_asked_in():
    _, waves = three_waves()
    for wave, scores in waves.items():
        scores["t"] = scores["s"] if wave != "post" else np.full(40, np.nan)
    study = make_study(waves, measures=[{"name": n, "range": [-10, 10]} for n in ("s", "t")])
    panel = build_panel(study)
    assert main_contrast(study, panel, "s") == ("pre", "post")
    assert main_contrast(study, panel, "t") == ("pre", "mid")


def before_the_start(drift=0.0, **survey):
    """An earlier wave, the baseline and the end; the groups drift apart before the start."""
    rng = np.random.default_rng(9)
    early = rng.normal(3, 0.4, N)
    base = early + drift * ARM + rng.normal(0, 0.1, N)
    post = base + 0.5 * ARM + rng.normal(0, 0.1, N)
    waves = {"year_0": {"s": early}, "year_1": {"s": base}, "year_2": {"s": post}}
    measures = [{"name": "s", "range": [-10, 10], "role": "primary"}]
    facts = {"treated": [*ARM] * 3}
    return make_study(waves, measures=measures, facts=facts, survey=survey), waves


def test_a_declared_placebo_wave_checks_the_trends_and_is_no_end_of_a_change():
    study, waves = before_the_start(drift=0.4, placebo=["year_0"])
    (found,) = evaluate(study).comparison
    assert found.contrast == ("year_1", "year_2")
    drift = waves["year_1"]["s"] - waves["year_0"]["s"]
    assert found.placebo.estimate == pytest.approx(drift[ARM].mean() - drift[~ARM].mean())
    assert found.placebo.p_value < 0.001
    assert [p.wave for p in found.event_study] == ["year_0", "year_2"]
    codes = {c.code for c in found.cautions}
    assert "parallel_trends_unchecked" not in codes
    assert "trends_differ" in codes
    assert found.p_adjusted == found.effect.p_value


def test_without_a_declaration_other_names_are_no_placebo():
    found = main_rows(evaluate(before_the_start()[0]).comparison)
    assert [one.placebo for one in found] == [None]


def test_files_from_before_the_mark_speak_of_their_last_real_contrast():
    old = [
        {"measure": "s", "change": 1, "cautions": []},
        {"measure": "s", "change": 2, "cautions": ["few_pairs"]},
        {"measure": "s", "change": 3, "cautions": ["retrospective"]},
    ]
    assert [r["change"] for r in main_records(old)] == [2]


@pytest.mark.parametrize(
    ("waves", "before"),
    [
        (("t1", "mid", "present"), 0),
        (("T01", "T02", "T03"), 0),
        (("baseline", "press", "presentation"), 1),
        (("pre", "pre2", "post"), 2),
        (("Pre-test", "Post-test"), 1),
        (("pretest", "posttest"), 1),
        (("T0", "T1"), 1),
        (("前测", "后测"), 1),
        (("基线1", "基线2", "终线"), 2),
    ],
)
def test_only_a_word_for_before_names_a_wave_before_the_start(waves, before):
    rng = np.random.default_rng(3)
    study = make_study({wave: {"s": rng.normal(3, 1, 20)} for wave in waves})
    assert len(waves_before(build_panel(study))) == before
    assert main_contrast(study, build_panel(study), "s") == (waves[0], waves[-1])
