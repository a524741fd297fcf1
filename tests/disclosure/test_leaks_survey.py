"""What survey numbers told of a few people before: each stays closed."""

import numpy as np

from analysis import evaluate
from analysis.disclosure import protect
from analysis.results import SUPPRESSED
from tests.studies import make_study


def answers_of(rng: np.random.Generator, said_no: int, said_yes: int) -> np.ndarray:
    """Draw answers to a yes/no question in any order."""
    answers = np.repeat([0.0, 1.0], [said_no, said_yes])
    rng.shuffle(answers)
    return answers


def test_worst_and_best_case_tell_no_few_answers_of_the_last_wave():
    """Worst case less the first wave gave the 3 who said yes in the last one."""
    rng = np.random.default_rng(0)
    waves = {"pre": {"k": answers_of(rng, 20, 20)}, "post": {"k": answers_of(rng, 29, 3)}}
    study = make_study(waves, measures=[{"name": "k", "kind": "binary", "range": [0, 1]}])
    (found,) = protect(evaluate(study), study, "funder").bounds
    assert found.low is found.high is found.n is SUPPRESSED
