"""Cox regression on counts, with Efron's ties, and the test of proportional hazards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Comparison, ComparisonLike, NotEstimable, Reason
from analysis.statistics.risk_sets import (
    FloatArray,
    Spells,
    group_sums,
    risk_table,
    totals_at_risk,
    usable_spells,
)

_METHOD = "cox_efron"
_STEPS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """Log partial likelihood with score and information of each event time."""

    log_likelihood: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Spells with covariates centred and in units of ``scale``; event times with their deaths."""

    spells: Spells
    x: FloatArray
    scale: FloatArray
    time: FloatArray
    died: FloatArray
    row: npt.NDArray[np.intp]


def cox(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    names: Sequence[str],
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
    ci_level: float = 0.95,
) -> tuple[ComparisonLike, ...]:
    """Estimate log hazard ratios of leaving, one per covariate.

    Newton's method on the partial likelihood with Efron's treatment of ties; Wald tests and
    intervals. Rows with an unknown covariate are left out and counted.

    Parameters
    ----------
    duration, event, entry, counts
        As in :func:`analysis.statistics.survival.kaplan_meier`.
    covariates
        Numbers, one row per spell and one column per covariate.
    names
        Name of each column; the results are called ``cox:<name>``.

    Returns
    -------
    tuple of Comparison or NotEstimable
        ``no_variance`` for a constant covariate, ``too_few`` with fewer events than covariates,
        ``not_identified`` when the likelihood has no maximum (separation, collinearity).

    References
    ----------
    Efron 1977, doi:10.1080/01621459.1977.10480613.
    """
    model = _model(duration, event, covariates, entry, counts)
    found = _maximum(model)
    if isinstance(found, str):
        return tuple(
            NotEstimable(reason=found, n=model.spells.n, method=_METHOD, name=f"cox:{name}")
            for name in names
        )
    beta, fit = found
    errors = np.sqrt(np.diag(np.linalg.inv(fit.information.sum(axis=0)))) / model.scale
    return tuple(
        _hazard_ratio(name, float(b), float(se), model, ci_level)
        for name, b, se in zip(names, beta / model.scale, errors, strict=True)
    )


def _hazard_ratio(
    name: str, beta: float, std_error: float, model: _Model, ci_level: float
) -> Comparison:
    half = float(stats.norm.ppf((1 + ci_level) / 2)) * std_error
    return Comparison(
        name=f"cox:{name}",
        estimate=beta,
        std_error=std_error,
        ci_low=beta - half,
        ci_high=beta + half,
        ci_level=ci_level,
        statistic=beta / std_error,
        p_value=float(2 * stats.norm.sf(abs(beta / std_error))),
        n=model.spells.n,
        n_missing=model.spells.n_missing,
        method=_METHOD,
        details={"hazard_ratio": float(np.exp(beta)), "n_events": float(model.died.sum())},
    )


def proportional_hazards_test(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    names: Sequence[str],
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
) -> ComparisonLike:
    """Test whether hazard ratios stay the same over time (scaled Schoenfeld residuals, global).

    Score test of adding covariate × g(t) to the Cox model, g(t) = 1 − S(t−) from
    Kaplan–Meier: U = Σ g·r over Schoenfeld residuals r, with the information of the extended
    model. ``details`` holds the test of each covariate.

    Returns
    -------
    Comparison or NotEstimable
        Named ``schoenfeld``; χ² with one df per covariate; reasons as in :func:`cox`.

    References
    ----------
    Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515.
    """
    model = _model(duration, event, covariates, entry, counts)
    found = _maximum(model)
    if isinstance(found, str):
        return NotEstimable(reason=found, n=model.spells.n, name="schoenfeld")
    g = _share_left_before(model)
    if float(np.ptp(g)) == 0:
        return NotEstimable(reason="too_few", n=model.spells.n, name="schoenfeld")
    score, information = _trend_score(found[1], g - g.mean())
    if np.linalg.matrix_rank(information) < score.size:
        return NotEstimable(reason="not_identified", n=model.spells.n, name="schoenfeld")
    statistic = float(score @ np.linalg.solve(information, score))
    each = (score**2 / np.diag(information)).tolist()
    return Comparison(
        name="schoenfeld",
        statistic=statistic,
        df=float(score.size),
        p_value=float(stats.chi2.sf(statistic, score.size)),
        n=model.spells.n,
        n_missing=model.spells.n_missing,
        method="schoenfeld_score_km",
        details={f"statistic:{name}": value for name, value in zip(names, each, strict=True)},
    )


def _share_left_before(model: _Model) -> FloatArray:
    table = risk_table(model.spells)
    left = 1 - np.cumprod(1 - table.events / np.maximum(table.at_risk, 1))
    before = np.concatenate([[0.0], left[:-1]])
    return np.asarray(before[np.searchsorted(table.time, model.time)])


def _trend_score(fit: _Fit, g: FloatArray) -> tuple[FloatArray, FloatArray]:
    base = fit.information.sum(axis=0)
    cross = np.einsum("j,jkl->kl", g, fit.information)
    trend = np.einsum("j,jkl->kl", g**2, fit.information)
    # the covariates' part may differ per covariate: each test adjusts for the whole base model
    return g @ fit.score, trend - cross @ np.linalg.solve(base, cross)


def _model(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    entry: npt.ArrayLike | None,
    counts: npt.ArrayLike | None,
) -> _Model:
    x = np.asarray(covariates, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    known = np.isfinite(x).all(axis=1)
    spells = usable_spells(duration, np.asarray(event, dtype=np.bool_), entry, counts, known)
    x = x[spells.kept]
    total = max(float(spells.counts.sum()), 1.0)
    x = x - (spells.counts @ x) / total
    scale = np.sqrt((spells.counts @ x**2) / total)
    time, row = np.unique(spells.duration[spells.cause != 0], return_inverse=True)
    died = group_sums(row, spells.counts[spells.cause != 0], time.size)
    safe = np.where(scale > 0, scale, 1.0)
    return _Model(spells=spells, x=x / safe, scale=scale, time=time, died=died, row=row)


def _likelihood(model: _Model, beta: FloatArray) -> _Fit:
    """Log partial likelihood; risk-set sums of weight, weight·x, weight·xxᵀ per event time."""
    dead = model.spells.cause != 0
    linear = model.x @ beta
    top = float(linear.max())
    weight = model.spells.counts * np.exp(linear - top)
    outer = model.x[:, :, None] * model.x[:, None, :]
    amount = np.hstack(
        [
            weight[:, None],
            weight[:, None] * model.x,
            weight[:, None] * outer.reshape(len(outer), -1),
        ]
    )
    at_risk = totals_at_risk(model.spells, model.time, amount)
    tied = np.zeros_like(at_risk)
    np.add.at(tied, model.row, amount[dead])
    moved = np.zeros((model.time.size, beta.size))
    np.add.at(moved, model.row, (model.spells.counts[:, None] * model.x)[dead])
    log_phi, sums = _efron_sums(at_risk[:, 0], tied[:, 0], model.died)
    score, information = _efron_moments(at_risk, tied, sums, beta.size)
    gain = float((model.spells.counts * linear)[dead].sum()) - log_phi - model.died.sum() * top
    return _Fit(log_likelihood=float(gain), score=moved - score, information=information)


def _efron_sums(
    at_risk: FloatArray, tied: FloatArray, died: FloatArray
) -> tuple[float, FloatArray]:
    """Σ over the l-th of d tied leavers of f^a/φ^b, φ = at_risk − f·tied, f = l/d."""
    d = np.rint(died).astype(np.intp)
    owner = np.repeat(np.arange(d.size), d)
    place = np.arange(owner.size) - np.repeat(np.cumsum(d) - d, d)
    f = place / d[owner]
    phi = at_risk[owner] - f * tied[owner]
    powers = [1 / phi, f / phi, 1 / phi**2, f / phi**2, f**2 / phi**2]
    sums = [np.bincount(owner, weights=power, minlength=d.size) for power in powers]
    return float(np.log(phi).sum()), np.stack(sums)


def _efron_moments(
    at_risk: FloatArray, tied: FloatArray, sums: FloatArray, p: int
) -> tuple[FloatArray, FloatArray]:
    a, b, c0, c1, c2 = sums[:, :, None]
    first, tied_first = at_risk[:, 1 : p + 1], tied[:, 1 : p + 1]
    second = (at_risk[:, p + 1 :] * a - tied[:, p + 1 :] * b).reshape(-1, p, p)
    mixed = np.einsum("jk,jl->jkl", first, tied_first * c1)
    square = np.einsum("jk,jl->jkl", first, first * c0)
    tied_square = np.einsum("jk,jl->jkl", tied_first, tied_first * c2)
    spread = square - mixed - mixed.transpose(0, 2, 1) + tied_square
    return first * a - tied_first * b, second - spread


def _maximum(model: _Model) -> tuple[FloatArray, _Fit] | Reason:
    if model.spells.n == 0:
        return "no_data"
    if bool(np.any(model.scale <= 1e-12)):
        return "no_variance"
    if model.died.sum() < model.scale.size or model.died.sum() < 2:
        return "too_few"
    beta = np.zeros(model.scale.size)
    fit = _likelihood(model, beta)
    for _ in range(_STEPS):
        information = fit.information.sum(axis=0)
        if float(np.linalg.eigvalsh(information)[0]) <= 1e-10 * float(model.died.sum()):
            return "not_identified"
        step = np.linalg.solve(information, fit.score.sum(axis=0))
        beta, fit = _uphill(model, beta, fit, step)
        if float(np.abs(beta).max()) > 20:
            return "not_identified"
        if float(np.abs(step).max()) < 1e-9:
            return beta, fit
    return "not_identified"


def _uphill(
    model: _Model, beta: FloatArray, fit: _Fit, step: FloatArray
) -> tuple[FloatArray, _Fit]:
    for _ in range(20):
        tried = _likelihood(model, beta + step)
        if tried.log_likelihood >= fit.log_likelihood - 1e-9 * abs(fit.log_likelihood):
            return beta + step, tried
        step = step / 2
    return beta, fit
