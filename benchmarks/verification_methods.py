"""Groups, small samples, measurement beside second software: the part of the book for this topic.

The values of R are made by ``tests/golden/reference_methods.R``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from analysis.statistics import effect_size as es
from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.partial_pooling import pool_partially
from analysis.statistics.rank_tests import wilcoxon_signed_rank

_LIMITS = ("ci_low", "ci_high")


def compute(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Give every number of this part by its key, computed by Levee."""
    yield from _groups(data["groups"])
    yield from _small(data)


def _groups(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    pooled = pool_partially(data["estimate"], data["std_error"], data["df"])
    for number in (1, 3, 6):
        for name, values in (
            ("estimate", pooled.estimates),
            ("ci_low", pooled.ci_low),
            ("ci_high", pooled.ci_high),
        ):
            yield f"pooling.group{number}.{name}", float(values[number - 1])
    yield "pooling.mean", pooled.mean
    yield "pooling.prediction_low", pooled.prediction_low
    yield "pooling.prediction_high", pooled.prediction_high
    alike = random_effects([0.1, 0.11, 0.12], [0.2, 0.25, 0.3]).pooled
    for name in ("std_error", *_LIMITS):
        yield f"pooling.floor.{name}", getattr(alike, name)


def _small(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    pre, post = (np.array(data["small"][wave], float) for wave in ("pre", "post"))
    size, ranks = es.d_av(pre, post), es.rank_biserial(pre, post)
    signed = wilcoxon_signed_rank(post - pre)
    many = wilcoxon_signed_rank(data["many"]["change"])
    for name in _LIMITS:
        yield f"small.d_av.{name}", getattr(size, name)
        yield f"small.rank_biserial.{name}", getattr(ranks, name)
        yield f"small.wilcoxon.{name}", getattr(signed, name)
        yield f"many.wilcoxon.{name}", getattr(many, name)
    yield "small.rank_biserial.estimate", ranks.estimate
    yield "small.wilcoxon.estimate", signed.estimate
    paired = es.cohen_h_paired(data["yes_no"])
    for name in ("estimate", "std_error", *_LIMITS):
        yield f"yes_no.cohen_h.{name}", getattr(paired, name)
