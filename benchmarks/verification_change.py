"""Numbers about change between waves beside second software: the part of the book for this topic.

The values of R are made by ``tests/golden/reference_change.R``. The data are drawn by a rule:
``python benchmarks/verification_change.py > tests/golden/datasets_change.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.results import Comparison
from analysis.statistics.incomplete_shares import standardised_share
from analysis.statistics.mixed_model import mixed_change, mixed_waves

SEED = 20261124


def draw_datasets() -> dict[str, Any]:
    """Draw the data of this part."""
    rng = np.random.default_rng(SEED)
    share = {"pairs": [[30, 22], [7, 51]], "before": [24, 9], "after": [6, 11]}
    return {"waves": _draw_waves(rng), "share": share}


def _draw_waves(rng: np.random.Generator) -> dict[str, Any]:
    """People by waves: spread halved and drop-out by baseline, few pairs, three waves."""
    pre = rng.normal(0, 1, 60)
    spread = np.column_stack([3 + pre, 3.3 + 0.5 * (0.6 * pre + 0.8 * rng.normal(0, 1, 60))])
    spread[rng.random(60) > 1 / (1 + np.exp(-1.2 * pre)), 1] = np.nan
    few = rng.normal(0, 1, (28, 1)) + rng.normal(0, 0.8, (28, 2)) + [0.0, 0.5]
    few[6:18, 1] = few[18:, 0] = np.nan
    three = rng.normal(0, 1, (45, 1)) + rng.normal(0, 1, (45, 3)) * [0.7, 1.0, 1.4] + [0, 0.4, 0.9]
    three[rng.random((45, 3)) < 0.25] = np.nan
    three = three[np.isfinite(three).any(axis=1)]
    rounded = {"spread": spread, "few": few, "three": three}
    return {name: _plain(np.round(table, 3)) for name, table in rounded.items()}


def _plain(table: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(x) else float(x) for x in row] for row in table]


def compute(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Give every number of this part by its key, computed by Levee."""
    yield from _repeated_measures(data["waves"])
    share = data["share"]
    change = standardised_share(share["pairs"], share["before"], share["after"])
    for name in ("estimate", "std_error", "p_value", "ci_low", "ci_high"):
        yield f"standardised_share.{name}", getattr(change, name)
    for name in ("level_post", "level_post_std_error"):
        yield f"standardised_share.{name}", change.details[name]


_DETAILS = (
    "std_error_unadjusted",
    "std_error_kenward_roger",
    "sd_post",
    "r",
    "level_post",
    "level_post_std_error",
)


def _repeated_measures(waves: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    for name, rows in waves.items():
        table = np.array(rows, dtype=np.float64)
        person, wave = np.nonzero(np.isfinite(table))
        for number, change in enumerate(
            mixed_waves(table[person, wave], wave, person, table.shape[1]), 1
        ):
            yield from _numbers(f"unstructured.{name}.{number}", change)
        if table.shape[1] == 2:
            symmetric = mixed_change(*split(table), covariance="compound_symmetry")
            yield from _numbers(f"symmetric.{name}", symmetric)


def split(table: np.ndarray) -> tuple[np.ndarray, ...]:
    """Split two waves into pairs and the people in one wave only."""
    seen = np.isfinite(table)
    both = seen.all(axis=1)
    return (
        table[both, 0],
        table[both, 1],
        table[seen[:, 0] & ~both, 0],
        table[seen[:, 1] & ~both, 1],
    )


def _numbers(key: str, change: Any) -> Iterator[tuple[str, float | None]]:
    if not isinstance(change, Comparison):
        raise TypeError(f"{key} is not estimable: {change}")
    for name in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
        yield f"{key}.{name}", getattr(change, name)
    for name in _DETAILS:
        yield f"{key}.{name}", change.details[name]


if __name__ == "__main__":
    print(json.dumps(draw_datasets()))
