"""Answers to each item: the same list for every item and wave, or bands of a long range."""

import numpy as np
import pytest

from analysis.sections import evaluate
from analysis.surveys.items import MAX_ANSWERS, N_BANDS, count_items
from dashboard.content.topics.items import draw_answers
from dashboard.text import Text
from tests.figures.plotly_view import view
from tests.studies import make_study

RNG = np.random.default_rng(4)


def study_of(low, high, draw, *, n=60):
    waves = {w: {"m": [draw(n) for _ in range(3)]} for w in ("pre", "post")}
    items = ["a", "b", "c"]
    measure = {"name": "m", "kind": "scale", "items": items, "range": [low, high]}
    return make_study(waves, measures=[measure])


@pytest.mark.parametrize(
    ("low", "high", "draw"),
    [
        (1, 5, lambda n: RNG.integers(1, 6, n).astype(float)),
        (1, 5, lambda n: RNG.integers(2, 9, n) / 2),  # half points
        (0, 100, lambda n: RNG.integers(0, 101, n).astype(float)),  # a slider
        (0, 1, lambda n: RNG.uniform(0, 1, n)),
    ],
)
def test_every_item_lists_the_same_answers_and_can_be_drawn(low, high, draw):
    study = study_of(low, high, draw)
    found = count_items(study)
    assert len({tuple(one.counts) for one in found}) == 1
    assert all(sum(one.counts.values()) == one.n for one in found)
    assert len(found[0].counts) <= MAX_ANSWERS
    drawn = draw_answers(found, {}, Text("en"))
    assert len([t for t in view(drawn).data if t.type == "bar"]) == len(found[0].counts)
    assert evaluate(study).items == found


def test_a_slider_is_told_in_tenths_of_its_range():
    study = study_of(0, 100, lambda n: np.arange(n, dtype=float) * 100 / (n - 1), n=61)
    counts = count_items(study)[0].counts
    assert list(counts)[:2] == ["0–10", "10–20"]
    assert len(counts) == N_BANDS
    assert list(counts.values()) == [6] * 9 + [7]
