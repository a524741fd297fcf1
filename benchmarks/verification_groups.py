"""Numbers about groups beside second software: the part of the book for comparisons and dose.

The values of R are made by ``tests/golden/reference_groups.R``. The data are drawn by a rule:
``python benchmarks/verification_groups.py > tests/golden/datasets_groups.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.statistics.clusters import cr2
from analysis.statistics.group_change import difference_of_estimates, least_squares
from analysis.statistics.mean_change import paired_t
from analysis.statistics.overlap_weights import overlap_weights, weighted_difference

SEED = 20261124
N_TREATED, N_COMPARED = 14, 46
_ALL = ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high")


def draw_datasets() -> dict[str, list[float]]:
    """Draw few programme people beside many compared ones, unlike in age and in spread."""
    rng = np.random.default_rng(SEED)
    n = N_TREATED + N_COMPARED
    arm = np.repeat([1.0, 0.0], [N_TREATED, N_COMPARED])
    cluster = np.concatenate([np.arange(N_TREATED) % 5, 5 + np.arange(N_COMPARED) % 8])
    age = np.round(rng.normal(42, 12, n) + 5 * arm)
    female = rng.integers(0, 2, n).astype(float)
    pre = np.round(3 + 0.01 * age - 0.3 * arm + rng.normal(0, 0.6, n), 3)
    noise = rng.normal(0, 0.5, n) * np.where(arm == 1, 2, 1) + rng.normal(0, 0.2, 13)[cluster]
    post = np.round(1 + 0.6 * pre + 0.4 * arm + 0.2 * female + noise, 3)
    sessions = np.minimum(rng.geometric(0.3, n) - 1, 12).astype(float)
    columns = {
        "arm": arm,
        "cluster": cluster,
        "age": age,
        "female": female,
        "pre": pre,
        "post": post,
        "sessions": sessions,
    }
    return {name: [float(x) for x in values] for name, values in columns.items()}


def compute(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Give every number of this part by its key, computed by Levee."""
    d = {name: np.array(values, float) for name, values in data.items()}
    change, post, arm, cluster = d["post"] - d["pre"], d["post"], d["arm"], d["cluster"]
    one, start = np.ones_like(arm), d["pre"] - d["pre"].mean()
    covariates = np.column_stack([d["age"], d["female"]])
    designs = {
        "did": (change, np.column_stack([one, arm])),
        "ancova": (post, np.column_stack([one, arm, start])),
        "ancova_covariates": (post, np.column_stack([one, arm, start, covariates])),
        "dose_slope": (change, np.column_stack([one, d["sessions"], d["pre"]])),
    }
    for name, (y, design) in designs.items():
        yield from _fields(name, least_squares(y, design, 1, name), *_ALL)
        if name != "dose_slope":
            apart = least_squares(y, design, 1, name, group=arm)
            yield from _fields(f"{name}_by_group", apart, *(_ALL[1:] if name == "did" else ("df",)))
            yield from _fields(f"{name}_cr2", cr2(y, design, cluster, 1), *_ALL)
    weights = overlap_weights(arm, np.column_stack([d["pre"], covariates]))
    assert weights is not None
    for number in range(6):
        yield f"groups.overlap_weight.{number + 1}", float(weights[number])
    for name, labels in (("did_overlap", None), ("did_overlap_clusters", cluster)):
        found = weighted_difference(change, arm, weights, labels)
        yield from _fields(name, found, "estimate", "std_error")
    sides = [paired_t(d["pre"][arm == side], post[arm == side]) for side in (1, 0)]
    apart = difference_of_estimates(sides[0], sides[1], "did_mixed")
    yield from _fields("difference_of_changes", apart, *_ALL)


def _fields(name: str, found: Any, *names: str) -> Iterator[tuple[str, float | None]]:
    for field in names:
        yield f"groups.{name}.{field}", getattr(found, field)


if __name__ == "__main__":
    print(json.dumps(draw_datasets(), indent=1))
