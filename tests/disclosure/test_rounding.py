"""Numbers made of scores are rounded so far that no sum tells which scores it was made of."""

import json
import math
from itertools import product

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.disclosure.audit import known_moments, narrow_counts
from analysis.disclosure.rounding import find_unit, round_p, round_to
from analysis.disclosure.rules import bin_counts
from analysis.results import Comparison, Estimate
from benchmarks.attack.bounds import attack_scores
from benchmarks.attack.made_studies import draw_study
from benchmarks.attack.spoils import Spoils
from dashboard.exports.results_file import write_results
from tests.studies import make_study


@pytest.mark.parametrize(
    ("step", "n"), list(product((0.25, 1 / 3, 0.5, 1.0, 25.0), (5, 14, 40, 333)))
)
def test_a_sum_of_few_people_stays_open_by_one_answer(step: float, n: int):
    unit = find_unit(step, n)
    assert step * (1 - 1e-9) <= n * unit <= 2.5 * step * (1 + 1e-9)


def test_a_limit_keeps_its_side_and_a_p_value_its_verdict():
    rng = np.random.default_rng(1)
    for value, unit in zip(
        rng.normal(0, 0.1, 500), rng.choice([0.02, 0.05, 0.1], 500), strict=True
    ):
        limit = round_to(value, unit, least=1)
        assert np.sign(limit) == np.sign(value)
        assert abs(round_to(value, unit) - value) <= unit / 2 + 1e-12
    for p in (*rng.random(500), 0.0496, 0.04999, 0.0500001, 0.9999, 1e-9):
        assert (round_p(p) < 0.05) == (p < 0.05)
        assert 0 < round_p(p) <= 1


@pytest.mark.parametrize("seed", [2001, 2021])
def test_the_people_behind_a_mean_do_not_follow_from_its_digits(seed: int):
    """Fourteen people with a mean of 3.386904…: one of them had left a question out."""
    study, _ = draw_study(seed)
    inside = evaluate(study)
    exact = protect(inside, study, "funder", rounded=False)
    shown = protect(inside, study, "funder")
    own, given = (json.loads(write_results(one)) for one in (inside, shown))
    spoils = Spoils()
    attack_scores(own, given, spoils)
    assert dict(spoils.cells) == {}
    assert isinstance(shown.outcomes[0].change, Comparison), "the headline stays"
    assert abs(shown.outcomes[0].change.estimate - exact.outcomes[0].change.estimate) < 0.02


@pytest.mark.parametrize("seed", [2001, 2003, 2007])
def test_no_number_made_of_scores_leaves_at_full_precision(seed: int):
    study, _ = draw_study(seed)
    given = json.loads(write_results(protect(evaluate(study), study, "funder")))
    kit = {"kit"}  # yes or no: its shares are numbers of people, withheld or given
    long = [
        (path, value)
        for name in (
            "scoring",
            "outcomes",
            "comparison",
            "dose",
            "bounds",
            "sensitivity",
            "trajectory",
            "reliability",
            "measurement",
        )
        for one in given.get(name) or ()
        if one["measure"] not in kit
        for path, value in _floats(one, name)
        if not any(part in path for part in ("improved", "floor", "ceiling", "counts"))
    ]
    assert long, "there are numbers to look at"
    assert [
        one for one in long if len(f"{abs(one[1]):.12g}".replace(".", "").lstrip("0")) > 6
    ] == []


def _floats(value, path):
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _floats(one, f"{path}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from _floats(one, path)
    elif isinstance(value, float) and math.isfinite(value):
        yield path, value


def test_a_comparison_of_two_groups_is_rounded_for_the_smaller():
    """The sum of each group stays open, not only that of both."""
    rng = np.random.default_rng(4)
    n = 40
    treated = np.arange(n) % 2 == 0
    scores = {w: {"m": rng.integers(1, 6, n).astype(float)} for w in ("pre", "post")}
    measure = {"name": "m", "kind": "scale", "range": [1, 5], "items": ["m"], "role": "primary"}
    group = np.tile(np.where(treated, "T", "C"), 2)
    facts = {"treated": np.tile(treated, 2), "group": group}
    study = make_study(scores, measures=[measure], facts=facts)
    found = protect(evaluate(study), study, "funder").comparison[0]
    assert isinstance(found.effect, Comparison)
    assert math.isclose(found.effect.estimate / 0.05, round(found.effect.estimate / 0.05))
    means = [one for _, _, one in found.means if isinstance(one, Estimate)]
    assert means
    assert all(math.isclose(e.estimate / 0.05, round(e.estimate / 0.05)) for e in means)


def test_rounding_leaves_bins_wide_that_exact_sums_would_narrow():
    """Scores of one person in joined bins: with the exact sum and sum of squares they follow."""
    values = [k / 12 for k in (25, 38, 39, 42, 47, 57, 59)]
    counts = [6, 5, 1, 3, 7, 4, 1]
    bins = bin_counts(values, counts, 5)
    assert len(bins) == 4
    exact = [
        (k, *(sum(v**k * n for v, n in zip(values, counts, strict=True)),) * 2) for k in (1, 2)
    ]
    assert narrow_counts(values, counts, bins, 5, exact)
    unit = find_unit(0.25, sum(counts))
    assert not narrow_counts(values, counts, bins, 5, known_moments(values, counts, unit))
