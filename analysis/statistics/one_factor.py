"""One common factor by minimum residuals, for many correlation matrices at once."""

from __future__ import annotations

import numpy as np

from analysis.statistics.risk_sets import FloatArray


def one_factor_loadings(correlations: FloatArray, steps: int = 500) -> FloatArray:
    """Fit one factor to each correlation matrix, leaving the diagonal out.

    Minimises Σ (r_ij − λ_i λ_j)² over i ≠ j, one loading at a time:
    λ_i = Σ r_ij λ_j / Σ λ_j², kept within −1 and 1 (Heywood cases).

    Parameters
    ----------
    correlations
        Stack of matrices, shape (n, k, k), k ≥ 3.
    steps
        Most sweeps over the items.

    Returns
    -------
    Array of shape (n, k), the sum of each row 0 or more.

    References
    ----------
    Harman & Jones 1966, doi:10.1007/BF02289468.
    """
    k = correlations.shape[1]
    off = correlations * (1 - np.eye(k))
    values, vectors = np.linalg.eigh(correlations)
    loading = vectors[:, :, -1] * np.sqrt(values[:, -1:])
    for _ in range(steps):
        before = loading.copy()
        for i in range(k):
            rest = np.sum(loading**2, axis=1) - loading[:, i] ** 2
            top = np.einsum("nj,nj->n", off[:, i], loading)
            loading[:, i] = np.clip(top / np.maximum(rest, 1e-12), -1, 1)
        if float(np.abs(loading - before).max()) < 1e-10:
            break
    return np.asarray(loading * np.where(loading.sum(axis=1, keepdims=True) < 0, -1.0, 1.0))
