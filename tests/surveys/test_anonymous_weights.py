"""Anonymous waves with weights: given ones, the population's shares, the baseline's composition."""

import numpy as np
import pytest

from analysis.disclosure import protect
from analysis.results import Comparison
from analysis.sections import evaluate
from analysis.surveys.sensitivity import evaluate_sensitivity
from dashboard.content.topics.attrition import list_sensitivity
from dashboard.content.topics.methods import say_methods
from dashboard.text import Text
from tests.studies import make_study

N, K = 120, 100


def study_of(**options):
    rng = np.random.default_rng(8)
    sex = np.where(rng.random(N) < 0.5, "f", "m"), np.where(rng.random(K) < 0.9, "f", "m")
    pre, post = (2.5 + (one == "f") + rng.normal(0, 0.5, one.size) for one in sex)
    weight = rng.uniform(0.5, 2, N), rng.uniform(0.5, 2, K)
    known = [*sex[0], *sex[1]]
    known[3] = None
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": post}},
        facts={"weight": np.concatenate(weight)},
        categories={"sex": known},
        anonymous=True,
        **options,
    )
    return study, pre, post, weight, sex


def test_every_weighting_there_is_stands_beside_the_plain_difference():
    study, pre, post, weight, sex = study_of(survey={"population": {"sex": {"f": 1, "m": 3}}})
    evaluation = evaluate(study)
    found = {row.name: row for row in evaluation.sensitivity}
    assert list(found) == ["survey_weights", "raking", "baseline_composition"]
    assert all(isinstance(row.change, Comparison) for row in found.values())
    given = np.average(post, weights=weight[1]) - np.average(pre, weights=weight[0])
    assert found["survey_weights"].change.estimate == pytest.approx(given)
    use = np.arange(N) != 3
    by_sex = [
        [x[s == level].mean() for level in "fm"]
        for x, s in ((pre[use], sex[0][use]), (post, sex[1]))
    ]
    raked = np.dot(by_sex[1], [0.25, 0.75]) - np.dot(by_sex[0], [0.25, 0.75])
    assert found["raking"].change.estimate == pytest.approx(raked)
    share = np.mean(sex[0][use] == "f")
    alike = np.dot(by_sex[1], [share, 1 - share]) - pre[use].mean()
    assert found["baseline_composition"].change.estimate == pytest.approx(alike)
    assert found["baseline_composition"].change.n_missing == 1
    assert abs(alike) < 0.15 < evaluation.outcomes[0].change.estimate
    assert found["baseline_composition"].details["n_effective_post"] < K


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_table_gives_the_effective_number_of_people(language):
    study, *_ = study_of()
    evaluation, text = evaluate(study), Text(language)
    table = list_sensitivity(evaluation.sensitivity, study.plan, text).frame
    row = evaluation.sensitivity[-1]
    told = table[text("Effective n")].iloc[-1]
    assert told == f"119 + {row.details['n_effective_post']:.0f}"
    assert text(
        "The later anonymous wave was also weighted to the composition of the first; the "
        "effective number of people stands beside it."
    ) in " ".join(say_methods(text, evaluation, study.plan))


def test_without_weights_or_demographics_there_is_nothing_and_no_other_reader_sees_them():
    rng = np.random.default_rng(1)
    scores = {wave: {"m": rng.normal(3, 1, 30)} for wave in ("pre", "post")}
    assert evaluate_sensitivity(make_study(scores, anonymous=True)) == ()
    gone = make_study(scores, anonymous=True, categories={"sex": [*"fm" * 15, *"f" * 30]})
    assert [row.change.reason for row in evaluate_sensitivity(gone)] == ["not_identified"]
    study, *_ = study_of()
    shown = protect(evaluate(study), study, "funder")
    assert not any(isinstance(row.change, Comparison) for row in shown.sensitivity)
    assert len(list_sensitivity(shown.sensitivity, study.plan, Text("en")).rows) == 2
