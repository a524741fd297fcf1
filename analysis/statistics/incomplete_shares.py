"""Change of a share when some people answered a yes/no question in one of two waves only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.results import ComparisonLike, NotEstimable
from analysis.statistics.counting import Floats
from analysis.statistics.paired_categories import paired_table
from analysis.statistics.wald import wald_comparison

_METHOD = "saturated_ml;em;ci=wald_half_added_to_each_cell"
_STEPS = 20_000
_SWEEPS = 50
#: Differences of post − pre for the cells no→no, no→yes, yes→no, yes→yes.
_CHANGE = np.array([0.0, 1.0, -1.0, 0.0])
_PRE = np.array([0.0, 0.0, 1.0, 1.0])
_POST = np.array([0.0, 1.0, 0.0, 1.0])


def standardised_share(
    table: ArrayLike, pre_only: ArrayLike, post_only: ArrayLike, ci_level: float = 0.95
) -> ComparisonLike:
    """Change of the share saying yes, from everyone who answered at least one of two waves.

    Use for a yes/no item with partly matched waves. The chance of yes at follow-up is estimated for
    either baseline answer and averaged over everyone's baseline; nothing is assumed but that
    drop-out depends on the answers seen only (missing at random).

    Parameters
    ----------
    table
        [[no→no, no→yes], [yes→no, yes→yes]] of the people in both waves.
    pre_only, post_only
        Numbers of (no, yes) among the people in one wave only.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` = share yes at post − share yes at pre, 0–1; ``details``: level_pre, level_post
        (the two shares) with _std_error, n_pairs, n_pre_only, n_post_only. ``not_identified`` when
        people seen only before gave an answer that nobody in both waves gave.

    Notes
    -----
    Maximum likelihood of the four cells by EM (Chen & Fienberg 1974, Biometrics 30, 629–642).
    Standard error, interval and p from the observed information after half a person is added to
    each cell of the pairs (Agresti & Min 2005, doi:10.1002/sim.1781), so that empty cells are no
    obstacle.

    Examples
    --------
    >>> change = standardised_share([[10, 10], [0, 20]], [40, 0], [0, 0])
    >>> round(change.details["level_post"], 6)
    0.625
    """
    pairs = paired_table(table, 2)
    before, after = (np.asarray(part, dtype=np.float64) for part in (pre_only, post_only))
    n = round(float(pairs.sum() + before.sum() + after.sum()))
    if n == 0:
        return NotEstimable(reason="no_data", method=_METHOD, name="standardised_share")
    # Without anyone in both waves who began alike, nothing says how those lost would have ended.
    unknown = bool(((pairs.sum(axis=1) == 0) & (before > 0)).any())
    unknown = unknown or bool(((pairs.sum(axis=0) == 0) & (after > 0)).any())
    if unknown or pairs.sum() < 2:
        return NotEstimable(reason="not_identified", n=n, method=_METHOD, name="standardised_share")
    cells = _maximise(pairs, before, after)
    smooth = _maximise(pairs + 0.5, before, after)
    covariance = _covariance(smooth, pairs.ravel() + 0.5, before, after)
    error = math.sqrt(float(_CHANGE @ covariance @ _CHANGE))
    centre = float(_CHANGE @ smooth)
    return wald_comparison(
        name="standardised_share",
        estimate=float(_CHANGE @ cells),
        std_error=error,
        centre=centre,
        limit=1.0,
        ci_level=ci_level,
        n=n,
        method=_METHOD,
        details={
            "level_pre": float(_PRE @ cells),
            "level_post": float(_POST @ cells),
            "level_pre_std_error": math.sqrt(float(_PRE @ covariance @ _PRE)),
            "level_post_std_error": math.sqrt(float(_POST @ covariance @ _POST)),
            "n_pairs": round(float(pairs.sum())),
            "n_pre_only": round(float(before.sum())),
            "n_post_only": round(float(after.sum())),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImputedShares:
    """Yes and no of everyone over the fillings, and how many of those lost were drawn as yes.

    Attributes
    ----------
    cells
        Fillings × (no→no, no→yes, yes→no, yes→yes): people.
    lost
        The same, of the people without a follow-up answer.
    n, n_lost, n_missing
        People filled, people without a follow-up answer, and people left out.
    lost_mean
        Share of yes at follow-up among those lost, over all fillings.
    method
        Model, number of fillings and seed.
    """

    cells: Floats
    lost: Floats
    n: int
    n_lost: int
    lost_mean: float
    method: str
    n_missing: int = 0

    @property
    def complete_df(self) -> float:
        """Degrees of freedom had nobody been lost."""
        return self.n - 1.0

    def moments(self, delta: float = 0.0) -> tuple[Floats, Floats]:
        """Change of the share and its squared error per filling, ``delta`` more lost saying yes.

        The yes (or no) of those lost are turned alike whatever they said at baseline; in no filling
        can more turn than there are.
        """
        yes, no = self.lost[:, [1, 3]], self.lost[:, [0, 2]]
        drawn = yes if delta < 0 else no
        turned = np.minimum(abs(delta) * self.n_lost, drawn.sum(axis=1)) * np.sign(delta)
        among = np.maximum(drawn.sum(axis=1, keepdims=True), 1.0)
        moved = turned[:, None] * drawn / among
        cells = self.cells.copy()
        cells[:, [1, 3]] += moved
        cells[:, [0, 2]] -= moved
        means = cells @ _CHANGE / self.n
        squares = (cells @ _CHANGE**2 - self.n * means**2) / (self.n - 1)
        return means, squares / self.n


def impute_shares(
    table: ArrayLike,
    pre_only: ArrayLike,
    post_only: ArrayLike,
    m: int = 20,
    seed: int = 20260101,
) -> ImputedShares | NotEstimable:
    """Fill yes and no of those who missed a wave, never numbers between.

    Parameters
    ----------
    table, pre_only, post_only
        As in :func:`standardised_share`.
    m, seed
        Number of fillings; seed of the draws.

    Notes
    -----
    Data augmentation under the saturated multinomial model with Jeffreys' prior (Schafer 1997,
    *Analysis of Incomplete Multivariate Data*, ch. 7).
    """
    pairs = paired_table(table, 2)
    before, after = (np.asarray(part, dtype=np.int64) for part in (pre_only, post_only))
    known = standardised_share(pairs, before, after)
    if isinstance(known, NotEstimable):
        return NotEstimable(reason=known.reason, n=known.n, name="multiple_imputation")
    rng = np.random.default_rng(seed)
    fillings, lost = [], []
    for _ in range(m):
        # Each filling is a chain of its own from the maximum, so that fillings are independent.
        cells = _maximise(pairs + 0.5, before.astype(np.float64), after.astype(np.float64))
        for _ in range(_SWEEPS):
            square = cells.reshape(2, 2)
            ended = np.zeros((2, 2))
            began = np.zeros((2, 2))
            for answer in (0, 1):
                row, column = square[answer], square[:, answer]
                ended[answer] = rng.multinomial(before[answer], row / row.sum())
                began[:, answer] = rng.multinomial(after[answer], column / column.sum())
            counts = pairs + ended + began
            cells = rng.dirichlet(counts.ravel() + 0.5)
        fillings.append(counts.ravel())
        lost.append(ended.ravel())
    n_lost = int(before.sum())
    drawn = np.array(lost)
    return ImputedShares(
        cells=np.array(fillings),
        lost=drawn,
        n=known.n,
        n_lost=n_lost,
        lost_mean=float(drawn @ _POST @ np.ones(m)) / (m * n_lost) if n_lost else 0.0,
        method=f"saturated_binary_m_{m}_seed_{seed}",
    )


def _maximise(pairs: Floats, before: Floats, after: Floats) -> Floats:
    """Probabilities of the four cells, maximum likelihood by EM from the pairs."""
    total = float(pairs.sum() + before.sum() + after.sum())
    cells = pairs / pairs.sum()
    for _ in range(_STEPS):
        rows, columns = cells.sum(axis=1, keepdims=True), cells.sum(axis=0, keepdims=True)
        by_row = np.divide(cells, rows, out=np.zeros((2, 2)), where=rows > 0)
        by_column = np.divide(cells, columns, out=np.zeros((2, 2)), where=columns > 0)
        following = (pairs + before[:, None] * by_row + after[None, :] * by_column) / total
        moved = float(np.abs(following - cells).max())
        cells = following
        if moved < 1e-14:
            break
    return np.asarray(cells.ravel())


def _covariance(cells: Floats, pairs: Floats, before: Floats, after: Floats) -> Floats:
    """Covariance of the cells from the observed information, on the plane where they sum to 1."""
    information = np.diag(pairs / cells**2)
    for answer in (0.0, 1.0):
        row, column = (np.where(side == answer, 1.0, 0.0) for side in (_PRE, _POST))
        number = int(answer)
        information += before[number] / float(row @ cells) ** 2 * np.outer(row, row)
        information += after[number] / float(column @ cells) ** 2 * np.outer(column, column)
    plane = np.vstack([np.eye(3), -np.ones((1, 3))])
    return np.asarray(plane @ np.linalg.inv(plane.T @ information @ plane) @ plane.T)
