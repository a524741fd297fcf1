"""Those lost, weighted waves and further tests beside second software: a part of the book.

The values of R are made by ``tests/golden/reference_losses.R``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from analysis.statistics.clusters import sign_flip
from analysis.statistics.group_change import weighted_mean_change
from analysis.statistics.imputation import impute_scores, pool_estimates
from analysis.statistics.mean_change import bca_mean_change, equivalence
from analysis.statistics.missing import lee_bounds
from analysis.statistics.paired_categories import tango_limits
from analysis.statistics.wave_weights import raked_waves, standardised_waves, weighted_waves

_LIMITS = ("ci_low", "ci_high")
_ERROR = ("estimate", "std_error")
DRAWS = 200_000


def compute(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Give every number of this part by its key, computed by Levee."""
    yield from _imputation(data)
    yield from _waves({key: np.array(value) for key, value in data["waves"].items()})
    yield from _tests(data)


def _imputation(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    given = data["pooled"]
    df = given["complete_df"]
    pooled = pool_estimates(given["estimate"], given["variance"], df, df + 1)
    for name in (*_ERROR, "df"):
        yield f"mice.{name}", getattr(pooled, name)
    yield "mice.missing_information", pooled.details["missing_information"]
    lost = data["lost"]
    pre, post = np.array(lost["pre"]), np.array(lost["post"])
    # The one person lost is drawn 200,000 times: what the mean adds to the others is the draw.
    found = impute_scores([*pre, lost["pre_lost"]], [*post, np.nan], m=DRAWS)
    drawn = found.means * found.n - (post - pre).sum() + lost["pre_lost"]
    yield "draws.mean", float(drawn.mean())
    yield "draws.sd", float(drawn.std())
    for tail in (0.1, 0.9):
        yield f"draws.quantile_{tail}", float(np.quantile(drawn, tail))


def _waves(w: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    pre, post = w["pre"], w["post"]
    given = weighted_waves(pre, post, w["pre_weight"], w["post_weight"])
    for name in (*_ERROR, "df", "p_value"):
        yield f"waves.given.{name}", getattr(given, name)
    yield "waves.given.n_effective_post", given.details["n_effective_post"]
    margins = [
        [(w[f"{wave}_{by}"], w[f"target_{by}"]) for by in ("sex", "age")]
        for wave in ("pre", "post")
    ]
    levels = [[w[f"{wave}_{by}"] for by in ("sex", "age")] for wave in ("pre", "post")]
    for key, found in (
        ("raked", raked_waves(pre, post, *margins)),
        ("alike", standardised_waves(pre, post, *levels)),
        ("one", standardised_waves(pre, post, levels[0][:1], levels[1][:1])),
    ):
        for name in _ERROR:
            yield f"waves.{key}.{name}", getattr(found, name)
    weighted = weighted_mean_change(post[:26] - pre[:26], w["post_weight"])
    for name in ("p_value", *_LIMITS):
        yield f"weighted.{name}", getattr(weighted, name)


def _tests(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    counted = data["tango"]
    low, high = tango_limits(counted["up"], counted["down"], counted["n"])
    yield "tango.low", low
    yield "tango.high", high
    flipped = sign_flip(data["flip"])
    yield "sign_flip.p_value", flipped.p_value
    yield "sign_flip.drawn", flipped.p_value
    skewed = data["skewed"]
    bca = bca_mean_change(skewed["pre"], skewed["post"], n_resamples=DRAWS)
    for name in _LIMITS:
        yield f"bca.{name}", getattr(bca, name)
    pairs = data["tost"]
    for margin in (0.2, 0.3, 0.4, 0.6):
        found = equivalence(pairs["pre"], pairs["post"], margin)
        yield f"tost.{margin}.p_value", found.p_value
        yield f"tost.{margin}.equivalent", float(bool(found.details["equivalent"]))
    lee = data["lee"]
    bounds = lee_bounds(np.array(lee["value"], float), lee["treated"], lee["count"])
    yield "lee_counts.low", bounds.low
    yield "lee_counts.high", bounds.high
