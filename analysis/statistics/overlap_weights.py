"""Overlap weights: two groups made alike on what is known about them before the start.

A person weighs as much as people like them are found in the other group: programme people
1 − e(x), compared people e(x), with e(x) the chance of being in the programme. Both groups then
have exactly the same mean of every covariate in the model. Li, Morgan & Zaslavsky 2018,
doi:10.1080/01621459.2016.1260466.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import numpy.typing as npt

from analysis.results import ComparisonLike, NotEstimable
from analysis.statistics.t_tests import t_comparison

FloatArray = npt.NDArray[np.float64]
#: Chances of 1 − this or nearer to certain: the covariates tell the groups apart completely.
_CERTAIN = 1e-8


def overlap_weights(treated: npt.ArrayLike, covariates: npt.ArrayLike) -> FloatArray | None:
    """Give each person's weight by logistic regression of the group on the covariates.

    Parameters
    ----------
    treated
        1 or 0 per person, shape (n,).
    covariates
        Shape (n, k), without an intercept, complete.

    Returns
    -------
    array or None
        Weights, shape (n,); None when the covariates depend on each other or tell the groups
        apart completely, so that nobody has a counterpart.
    """
    from statsmodels.discrete.discrete_model import Logit  # slow to import
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    arm = np.asarray(treated, dtype=np.float64)
    known = np.asarray(covariates, dtype=np.float64)
    spread = known.std(axis=0)
    if not (spread > 0).all():
        return None
    # Newton's steps are the same for standardised covariates, and hold for large units.
    design = np.column_stack([np.ones(arm.size), (known - known.mean(axis=0)) / spread])
    if len(set(arm)) < 2 or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    with warnings.catch_warnings():
        # Separation is a warning in statsmodels; its probabilities are then of no use.
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            fit = Logit(arm, design).fit(disp=0, method="newton", maxiter=100, tol=1e-12)
        except (PerfectSeparationWarning, ConvergenceWarning, np.linalg.LinAlgError):
            return None
    chance = np.asarray(fit.predict(), dtype=np.float64)
    if not np.isfinite(chance).all() or chance.max() > 1 - _CERTAIN or chance.min() < _CERTAIN:
        return None
    return np.where(arm == 1, 1 - chance, chance)


def kish_size(weights: npt.ArrayLike) -> float:
    """Give the number of equally weighted people that carry as much: (Σw)²/Σw².

    Examples
    --------
    >>> kish_size([1, 1, 1, 1]), kish_size([2, 0, 0, 0])
    (4.0, 1.0)
    """
    w = np.asarray(weights, dtype=np.float64)
    return float(w.sum() ** 2 / (w @ w)) if w.size and w.any() else 0.0


def weighted_difference(
    values: npt.ArrayLike,
    treated: npt.ArrayLike,
    weights: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    name: str = "did_overlap",
) -> ComparisonLike:
    """Difference of two weighted means, treated minus compared, linearised error by cluster.

    With influence z_i = ±w_i(y_i − ȳ_g)/Σ_g w summed over clusters (each person one when none is
    given), Var = G/(G − 1)·Σ z_c². Satterthwaite df with each group's effective number of
    clusters, (Σ|w_c|)²/Σ w_c². The weights are taken as known, which makes the error a little too
    large when they were estimated.

    Parameters
    ----------
    values, treated, weights
        Shape (n,); weights positive.
    cluster
        Label per person.

    Returns
    -------
    Comparison or NotEstimable
        ``details``: ``n_clusters`` where given, ``n_effective`` people. ``too_few`` below two
        effective clusters in a group.

    References
    ----------
    Binder 1983, doi:10.2307/1402588.
    """
    y, arm, w = (np.asarray(v, dtype=np.float64) for v in (values, treated, weights))
    labels = np.arange(y.size) if cluster is None else np.asarray(cluster).astype(str)
    _, group = np.unique(labels, return_inverse=True)
    g = int(group.max()) + 1 if group.size else 0
    means, influence, sizes, parts = [], np.zeros(y.size), [], []
    for side, sign in ((1, 1.0), (0, -1.0)):
        mine = arm == side
        total = float(w[mine].sum())
        if total <= 0:
            return NotEstimable(reason="no_data", n=int(y.size), name=name, method="overlap")
        means.append(float(w[mine] @ y[mine]) / total)
        influence[mine] = sign * w[mine] * (y[mine] - means[-1]) / total
        by_cluster = np.bincount(group[mine], w[mine], minlength=g)
        sizes.append(kish_size(by_cluster[by_cluster > 0]))
        parts.append(float((np.bincount(group[mine], influence[mine], minlength=g) ** 2).sum()))
    if min(sizes) < 2:
        return NotEstimable(reason="too_few", n=int(y.size), name=name, method="overlap")
    scores = np.bincount(group, influence, minlength=g)
    variance = g / (g - 1) * float((scores**2).sum())
    if variance <= 0:
        return NotEstimable(reason="no_variance", n=int(y.size), name=name, method="overlap")
    df = sum(parts) ** 2 / sum(p**2 / (size - 1) for p, size in zip(parts, sizes, strict=True))
    facts = {"n_effective": sum(kish_size(w[arm == side]) for side in (1, 0))}
    if cluster is not None:
        facts["n_clusters"] = g
    return t_comparison(
        estimate=means[0] - means[1],
        std_error=math.sqrt(variance),
        df=df,
        name=name,
        method="overlap_linearised",
        ci_level=0.95,
        n=int(y.size),
        n_missing=0,
        details=facts,
    )
