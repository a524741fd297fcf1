"""Random surveys with answers that are whole, or have one decimal: what can be counted."""

import numpy as np

from tests.studies import make_study

MEASURES = [
    {
        "name": "scale",
        "range": [1, 5],
        "reversed": ["scale_2"],
        "subscales": {"head": ["scale_1", "scale_2"], "tail": ["scale_3"]},
        "role": "primary",
    },
    {"name": "half", "range": [0, 10], "reversed": ["half_1"], "important_difference": 0.5},
    {"name": "sum", "range": [1, 4], "score": "sum", "min_answered": 2},
    {"name": "percent", "range": [0, 4], "score": "percent"},
    {"name": "kit", "kind": "binary"},
    {"name": "visits", "kind": "number", "better": "lower"},
    {"name": "stage", "kind": "category", "order": ["none", "plan", "done"]},
    {"name": "told", "kind": "scale", "range": [1, 5], "role": "descriptive"},
]
WAVES = ("before", "pre", "post", "follow_up", "pre_then")


def draw_answers(rng, n):
    """Answers of one wave, some missing; now and then a whole item or measure is not asked."""
    level = rng.normal(3, 1, n)

    def draw(low, high, step=1.0):
        drawn = np.round((level + rng.normal(0, 0.7, n)) / step) * step
        drawn = np.clip(drawn, low, high)
        drawn[rng.random(n) < rng.choice([0, 0.1, 0.4])] = np.nan
        return np.full(n, np.nan) if rng.random() < 0.04 else drawn

    return {
        "scale": [draw(1, 5) for _ in range(3)],
        "half": [draw(0, 10, 0.5) for _ in range(2)],
        "sum": [draw(1, 4) for _ in range(4)],
        "percent": [draw(0, 4) for _ in range(2)],
        "kit": draw(0, 1),
        "visits": draw(0, 40),
        "stage": draw(0, 2),
        "told": draw(1, 5),
    }


def draw_design(seed):
    """A survey of 1 to 90 people in one to five waves, linked or not, compared or not."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([1, 2, 4, 9, 30, 90]))
    first = int(rng.integers(0, 2))
    names = WAVES[first : first + int(rng.integers(1, 5))]
    codes = {w: np.flatnonzero(rng.random(n) < rng.choice([0.3, 0.8, 1.0])) for w in names}
    codes = {w: found if found.size else np.array([0]) for w, found in codes.items()}
    rows = np.concatenate(list(codes.values()))
    facts = {}
    if rng.random() < 0.5:
        treated = rng.random(n) < rng.choice([0.5, 1.0])
        facts["treated"] = [bool(treated[i]) for i in rows]
    # A wave that the study file does not name is still a wave.
    planned = [w for w in names if w != "follow_up"] if rng.random() < 0.3 else list(names)
    survey = {"waves": planned or list(names)}
    survey["retrospective"] = ["pre_then"] if "pre_then" in names and len(names) > 1 else []
    survey["placebo"] = ["before"] if "before" in names and rng.random() < 0.5 else []
    return make_study(
        {w: draw_answers(rng, found.size) for w, found in codes.items()},
        respondents={w: found.tolist() for w, found in codes.items()},
        measures=MEASURES,
        facts=facts,
        survey=survey,
        anonymous=bool(rng.random() < 0.25),
    )
