"""The course over the waves: which waves, which people, which sentence, and who may see it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure import protect
from analysis.disclosure.trajectory import hide_trajectory
from analysis.results import Comparison, Estimate, NotEstimable, Suppressed
from analysis.sections import evaluate
from analysis.statistics.multiplicity import benjamini_hochberg, holm
from analysis.surveys.findings import find_trajectory
from analysis.surveys.results import WaveContrast, WavePoint
from analysis.surveys.trajectory import evaluate_trajectories, place_waves
from dashboard.content.topics.trajectory import draw_trajectory
from dashboard.sentences import known_codes, say_finding
from dashboard.text import LANGUAGES, Text
from tests.figures.plotly_view import view
from tests.studies import make_study

N = 90
CODES = {
    f"trajectory_{way}_{end}"
    for way in ("up", "down")
    for end in ("held", "kept", "further", "part", "lost", "reversed")
} | {"trajectory_late_up", "trajectory_late_down", "trajectory_flat", "trajectory_not_estimable"}


def follow(gains=(0.0, 0.6, 0.5), waves=("pre", "post", "follow_up"), stay=1.0, **more):
    """N people in waves with these gains; from the second on only some stay."""
    rng = np.random.default_rng(11)
    person = rng.normal(0, 0.5, N)
    there = [np.ones(N, bool)] + [rng.random(N) < stay for _ in gains[1:]]
    scores = [
        np.round(3 + person + gain + rng.normal(0, 0.4, N), 2)[here]
        for gain, here in zip(gains, there, strict=True)
    ]
    measure = {"name": "s", "range": [-10, 10], "role": "primary", "important_difference": 0.3}
    return make_study(
        {wave: {"s": found} for wave, found in zip(waves, scores, strict=True)},
        respondents={w: np.flatnonzero(h) for w, h in zip(waves, there, strict=True)},
        measures=[measure | more.pop("measure", {})],
        survey={"waves": list(waves)} | more.pop("survey", {}),
        **more,
    )


def test_two_waves_have_no_course():
    assert evaluate_trajectories(follow((0, 0.5), ("pre", "post"))) == ()


def test_a_memory_and_a_placebo_wave_are_never_in_it():
    waves = ("early", "pre", "post", "then", "follow_up")
    study = follow(
        (0.9, 0, 0.6, 0.9, 0.5), waves, survey={"retrospective": ["then"], "placebo": ["early"]}
    )
    (course,) = evaluate_trajectories(study)
    assert [point.wave for point in course.points] == ["pre", "post", "follow_up"]
    assert {c.from_wave for c in course.contrasts} == {"pre", "post"}
    without = follow(
        (0.9, 0, 0.6, 0.9), waves[:4], survey={"retrospective": ["then"], "placebo": ["early"]}
    )
    assert evaluate_trajectories(without) == ()


def test_people_patterns_and_losses_add_up():
    (course,) = evaluate_trajectories(follow(stay=0.7))
    assert sum(pattern.n for pattern in course.patterns) == course.n == N
    for point in course.points:
        seen = sum(p.n for p in course.patterns if point.wave in p.waves)
        assert (point.n, point.lost) == (seen, N - seen)
    assert [c.against for c in course.contrasts] == ["baseline", "baseline", "previous"]
    assert {c.code for c in course.cautions} == {"trajectory_missing_at_random"}


def test_programme_and_comparison_stand_side_by_side_each_from_its_own_people():
    arm = np.arange(N) < 50
    both = follow(facts={"treated": [*arm] * 3})
    treated, other = evaluate_trajectories(both)
    assert (treated.group, treated.n, other.group, other.n) == ("treated", 50, "comparison", 40)
    alone = evaluate_trajectories(replace(both, survey=_only(both.survey, arm)))[0]
    assert treated.points == alone.points
    # The comparison group's own tests take nothing from the confirmatory ones.
    own = [c.change.p_value for c in treated.contrasts]
    assert [c.p_adjusted for c in treated.contrasts] == pytest.approx(list(holm(own)))
    compared = benjamini_hochberg([c.change.p_value for c in other.contrasts])
    assert [c.p_adjusted for c in other.contrasts] == pytest.approx(list(compared))


def _only(survey, arm):
    here = np.tile(arm, 3)
    return replace(
        survey,
        keys=survey.keys[here].drop(columns="treated").reset_index(drop=True),
        items={name: frame[here].reset_index(drop=True) for name, frame in survey.items.items()},
        texts={name: frame[here].reset_index(drop=True) for name, frame in survey.texts.items()},
    )


def test_anonymous_waves_are_samples_of_their_own():
    study = follow(anonymous=True)
    (course,) = evaluate_trajectories(study)
    assert course.covariance == "separate_samples"
    assert course.patterns == ()
    assert course.contrasts[0].change.name == "welch_t"
    assert {c.code for c in course.cautions} == {"trajectory_separate"}


def test_a_measure_of_two_waves_is_left_out_and_categories_have_no_level():
    waves = {w: {"s": [1, 2, 3, 4] * 5, "t": [1, 2, 3, 4] * 5} for w in ("pre", "post", "later")}
    waves["later"]["t"] = [np.nan] * 20
    study = make_study(waves, survey={"waves": list(waves)})
    assert {course.measure for course in evaluate_trajectories(study)} == {"s"}


def test_waves_stand_by_their_dates_and_in_steps_without():
    days = pd.to_datetime(["2024-01-10", "2024-02-10", "2025-02-10"])
    study = follow(facts={"finished": np.repeat(days, N)})
    (course,) = evaluate_trajectories(study)
    assert course.points[2].answered_on == date(2025, 2, 10)
    assert place_waves(course) == [0, 31, 397]
    (undated,) = evaluate_trajectories(follow())
    assert place_waves(undated) == [0, 1, 2]


def change(estimate, half=0.1):
    return Comparison(
        name="mixed_model",
        estimate=estimate,
        ci_low=estimate - half,
        ci_high=estimate + half,
        p_value=0.001 if abs(estimate) > half else 0.5,
        n=N,
        method="unstructured",
    )


@pytest.mark.parametrize(
    ("middle", "end", "important", "code"),
    [
        (0.6, 0.55, 0.3, "up_held"),
        (0.6, 0.55, None, "up_kept"),
        (0.6, 0.55, 0.1, "up_kept"),
        (0.6, 0.9, 0.3, "up_further"),
        (0.6, 0.3, 0.3, "up_part"),
        (0.6, 0.05, 0.3, "up_lost"),
        (0.6, -0.5, 0.3, "up_reversed"),
        (-0.6, -0.55, 0.3, "down_held"),
        (-0.6, -0.55, None, "down_kept"),
        (-0.6, -0.9, 0.3, "down_further"),
        (-0.6, -0.3, 0.3, "down_part"),
        (-0.6, -0.05, 0.3, "down_lost"),
        (-0.6, 0.5, 0.3, "down_reversed"),
        (0.05, 0.5, 0.3, "late_up"),
        (0.05, -0.5, 0.3, "late_down"),
        (0.05, 0.02, 0.3, "flat"),
    ],
)
def test_the_sentence_follows_the_contrasts(middle, end, important, code):
    study = follow()
    (course,) = evaluate_trajectories(study)
    waves = (
        ("pre", "post", middle),
        ("pre", "follow_up", end),
        ("post", "follow_up", end - middle),
    )
    course = replace(
        course,
        important_difference=important,
        contrasts=tuple(
            WaveContrast(
                from_wave=a,
                to_wave=b,
                change=change(x),
                against="previous" if a == "post" else "baseline",
            )
            for a, b, x in waves
        ),
    )
    finding = find_trajectory(study, course)
    assert finding.code == f"trajectory_{code}"
    for language in LANGUAGES:
        said = say_finding(Text(language), finding)
        assert "{" not in said
        # "95 % CI" counts as one word.
        assert language != "en" or len(said.replace("95% CI", "CI").split()) <= 25, said


def test_every_course_has_its_sentence():
    assert {code for code in known_codes("FINDINGS") if code.startswith("trajectory")} == CODES


def test_a_course_that_cannot_be_estimated_says_so():
    study = follow()
    (course,) = evaluate_trajectories(study)
    none = NotEstimable(reason="no_variance", n=N, name="mixed_model")
    contrasts = tuple(replace(c, change=none) for c in course.contrasts)
    assert find_trajectory(study, replace(course, contrasts=contrasts)).code == (
        "trajectory_not_estimable"
    )


def test_a_yes_no_item_has_shares():
    rng = np.random.default_rng(1)
    waves = {
        w: {"kit": (rng.random(60) < p) * 1.0}
        for w, p in (("pre", 0.3), ("post", 0.6), ("follow_up", 0.6))
    }
    study = make_study(
        waves, measures=[{"name": "kit", "kind": "binary"}], survey={"waves": list(waves)}
    )
    (course,) = evaluate_trajectories(study)
    assert course.covariance == "saturated_shares"
    assert [p.level.estimate for p in course.points] == pytest.approx(
        [np.mean(waves[w]["kit"]) for w in waves], abs=1e-6
    )
    assert all(0 <= p.level.ci_low < p.level.ci_high <= 1 for p in course.points)


def test_an_outsider_sees_a_course_of_large_patterns_and_nothing_of_small_ones():
    study = follow(stay=0.7)
    evaluation = evaluate(study)
    smallest = min(pattern.n for pattern in evaluation.trajectory[0].patterns)
    assert smallest >= study.plan.study.min_group
    shown = protect(evaluation, study, "funder").trajectory[0]
    assert isinstance(shown.points[2].level, Estimate)
    rare = follow(stay=0.97)
    evaluation = evaluate(rare)
    assert min(p.n for p in evaluation.trajectory[0].patterns) < rare.plan.study.min_group
    hidden = protect(evaluation, rare, "funder")
    (course,) = hidden.trajectory
    assert all(point.level.reason == "suppressed" for point in course.points)
    assert all(c.change.reason == "suppressed" for c in course.contrasts)
    assert isinstance(course.points[1].n, Suppressed)
    assert course.patterns == ()
    assert not any(f.values.get("change") for f in hidden.findings if f.section == "trajectory")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_show_the_group_that_may_be_seen_beside_a_hidden_one(language):
    study = follow(facts={"treated": [*(np.arange(N) < 50)] * 3})
    treated, other = evaluate_trajectories(study)
    courses, measure, text = (treated, hide_trajectory(other)), study.measure("s"), Text(language)
    figure = draw_trajectory(courses, measure, text)
    assert list(view(figure).data[0].y) == [point.level.estimate for point in treated.points]
    assert sum(len(trace.y) for trace in view(figure).data) == 3


def test_a_point_is_part_of_the_results_file():
    results = evaluate(follow()).to_results()
    assert set(results["trajectory"][0]["points"][0]) == set(WavePoint.__dataclass_fields__)
