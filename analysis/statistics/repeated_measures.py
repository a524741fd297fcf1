"""Normal model of repeated measures with any covariance of the waves, REML and Kenward–Roger.

People who answered the same waves form a pattern; their number, means and sums of products are all
the restricted likelihood needs, however many people there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.counting import Floats

_STEPS = 300
#: Largest correlation, in size, that is still a point inside the parameter space.
_LARGEST_CORRELATION = 1.0 - 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePatterns:
    """Sums of the people with the same waves answered.

    Attributes
    ----------
    answered
        Which waves each pattern has, shape (k, T).
    people
        People per pattern, shape (k,).
    means
        Mean score per wave, 0 where not answered, shape (k, T).
    products
        Sums of products of deviations from the pattern's means, 0 where not answered, (k, T, T).
    """

    answered: NDArray[np.bool_]
    people: Floats
    means: Floats
    products: Floats

    def answered_both(self) -> Floats:
        """People who answered two waves, for each two waves, shape (T, T)."""
        seen = self.answered.astype(np.float64)
        return np.asarray((seen.T * self.people) @ seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveModel:
    """The fitted model.

    Attributes
    ----------
    means
        Expected score per wave had everyone answered it, shape (T,).
    covariance
        Covariance of one person's scores, shape (T, T).
    means_covariance
        Covariance of ``means`` taken as if the covariance of the scores were known, (T, T).
    correction
        Λ of Kenward and Roger: what the estimation of the covariance adds to the spread of the
        means, averaged over drop-out at random; also the bias of ``means_covariance``.
    observed_correction
        What it adds at the residuals observed.
    parameters_covariance
        Covariance of the estimated parameters of ``covariance``, inverse expected information.
    gradients
        ∂ means_covariance / ∂ parameter, shape (parameters, T, T).
    """

    means: Floats
    covariance: Floats
    means_covariance: Floats
    correction: Floats
    observed_correction: Floats
    parameters_covariance: Floats
    gradients: Floats

    def variance(self, direction: Floats) -> float:
        """Variance of one contrast: Kenward and Roger's, with the larger of the two spreads added.

        When drop-out depends on earlier answers, those who stay lie off the mean. What the
        estimated covariance adds is then more than its average over drop-out at random: coverage
        is .92 without it and .95 with it. Kenward & Molenberghs 1998, doi:10.1214/ss/1028905886.
        """
        parts = [
            float(direction @ part @ direction)
            for part in (self.means_covariance, self.correction, self.observed_correction)
        ]
        return parts[0] + parts[1] + max(parts[1:])

    def kenward_roger_variance(self, direction: Floats) -> float:
        """Variance of one contrast as published by Kenward and Roger."""
        return float(direction @ (self.means_covariance + 2.0 * self.correction) @ direction)

    def degrees_of_freedom(self, direction: Floats) -> float:
        """Kenward and Roger's df of one contrast of the means; infinite when its variance is known.

        With a single contrast their scale factor is 1 and their df are 2 v² / (g'Wg): v the
        unadjusted variance of the contrast, g its gradient, W the covariance of the parameters.
        """
        variance = float(direction @ self.means_covariance @ direction)
        gradient = np.einsum("i,pij,j->p", direction, self.gradients, direction)
        spread = float(gradient @ self.parameters_covariance @ gradient)
        return 2.0 * variance**2 / spread if spread > 0 else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansAtCovariance:
    """Generalised least squares at one covariance of the scores.

    Attributes
    ----------
    inverses
        Inverse covariance of each pattern's waves, 0 where not answered, shape (k, T, T).
    phi, means
        Covariance of the means, and the means.
    about
        Sums of products about the means, shape (k, T, T).
    residual, log_terms
        The two parts of −2 restricted log-likelihood.
    """

    inverses: Floats
    phi: Floats
    means: Floats
    about: Floats
    residual: float
    log_terms: float

    @property
    def deviance(self) -> float:
        """−2 restricted log-likelihood, up to a constant."""
        return self.residual + self.log_terms


def sum_patterns(scores: Floats, counts: Floats) -> WavePatterns:
    """Sum a table of people by waves into patterns.

    Parameters
    ----------
    scores
        Shape (people, T), NaN where a wave was not answered; nobody without any answer.
    counts
        People each row stands for, shape (people,).
    """
    seen = np.isfinite(scores)
    answered, place = np.unique(seen, axis=0, return_inverse=True)
    place = place.ravel()
    filled = np.where(seen, scores, 0.0)
    people = np.bincount(place, weights=counts, minlength=len(answered))
    sums = np.zeros(answered.shape)
    np.add.at(sums, place, filled * counts[:, None])
    means = sums / people[:, None]
    deviations = np.where(seen, filled - means[place], 0.0)
    products = [
        (deviations[place == k] * counts[place == k, None]).T @ deviations[place == k]
        for k in range(len(answered))
    ]
    return WavePatterns(
        answered=answered,
        people=people.astype(np.float64),
        means=means,
        products=np.array(products),
    )


def unstructured_basis(n_waves: int) -> Floats:
    """Matrices whose weighted sum is any covariance: one per variance and per covariance."""
    basis = []
    for i in range(n_waves):
        for j in range(i, n_waves):
            part = np.zeros((n_waves, n_waves))
            part[i, j] = part[j, i] = 1.0
            basis.append(part)
    return np.array(basis)


def compound_symmetry_basis(n_waves: int) -> Floats:
    """Variance within people and variance between people: equal spread in every wave."""
    return np.array([np.eye(n_waves), np.ones((n_waves, n_waves))])


def fit_unstructured(patterns: WavePatterns) -> WaveModel | None:
    """Fit means and an unstructured covariance by REML; None when the maximum is at an edge.

    Notes
    -----
    Fisher scoring, then Newton steps, halved while the likelihood falls. The likelihood has no
    maximum when the answers of those in two waves lie on one line, as two people's always do.
    Jennrich & Schluchter 1986, doi:10.2307/2530695.
    """
    n_waves = patterns.answered.shape[1]
    basis = unstructured_basis(n_waves)
    start = _moments(patterns)
    if start is None:
        return None
    parameters = start[np.triu_indices(n_waves)]
    point = solve_means(patterns, basis, parameters)
    for _ in range(_STEPS):
        score, expected, observed = _derivatives(patterns, basis, point)
        step = np.linalg.solve(expected, score)
        decrement = float(score @ step)
        # Scoring finds the neighbourhood of the maximum from anywhere, Newton the maximum in it.
        if decrement < 0.1 and bool((np.linalg.eigvalsh(observed) > 0).all()):
            step = np.linalg.solve(observed, score)
        for halving in range(30):
            candidate = parameters + step / 2.0**halving
            if not _inside(np.einsum("a,aij->ij", candidate, basis)):
                continue
            following = solve_means(patterns, basis, candidate)
            # Close to the maximum the deviance differs by rounding only: the step is taken.
            if following.deviance <= point.deviance or decrement < 1e-9:
                break
        else:
            return None
        parameters, point = candidate, following
        if decrement < 1e-12:
            return describe_model(patterns, basis, parameters)
    return None


def fit_uncorrelated(patterns: WavePatterns) -> WaveModel | None:
    """Fit means and a variance per wave without correlation: Welch's standard error and df."""
    n = patterns.people @ patterns.answered
    means = (patterns.people @ patterns.means) / n
    about = _about(patterns, means)
    variance = np.einsum("kii->i", about) / np.maximum(n - 1.0, 1.0)
    if bool((n < 2).any() or (variance <= 0).any()):
        return None
    basis = np.array([np.diag(row) for row in np.eye(n.size)])
    return describe_model(patterns, basis, variance)


def describe_model(patterns: WavePatterns, basis: Floats, parameters: Floats) -> WaveModel:
    """Means, their covariance and Kenward and Roger's correction at estimated parameters.

    Notes
    -----
    Φ_A = Φ + 2Λ, Λ = Φ{Σ W_ij (Q_ij − P_i Φ P_j)}Φ; the term of second derivatives is zero, since
    the covariance is linear in its parameters. Kenward & Roger 1997, doi:10.2307/2533558. Observed:
    Σ W_ij m_i m_j' with m_i = ∂ means / ∂ parameter.
    """
    point = solve_means(patterns, basis, parameters)
    phi = point.phi
    p, q, information = _information(patterns, basis, point)
    spread = np.linalg.inv(information)
    inner = q - np.einsum("aij,jk,bkl->abil", p, phi, p)
    correction = phi @ np.einsum("ab,abij->ij", spread, inner) @ phi
    correction = 0.5 * (correction + correction.T)
    derivatives = -_carried(patterns, basis, point) @ phi
    return WaveModel(
        means=point.means,
        covariance=np.einsum("a,aij->ij", parameters, basis),
        means_covariance=phi,
        correction=correction,
        observed_correction=derivatives.T @ spread @ derivatives,
        parameters_covariance=np.asarray(spread, dtype=np.float64),
        gradients=-phi @ p @ phi,
    )


def _moments(patterns: WavePatterns) -> Floats | None:
    """Start: variances of everyone in each wave, correlations of those in both, kept below .9.

    None where everyone answered the same in a wave: there is no variance to fit.
    """
    seen, people = patterns.answered.astype(np.float64), patterns.people
    n = people @ seen
    centre = patterns.means - seen * (people @ patterns.means) / n
    products = patterns.products + people[:, None, None] * centre[:, :, None] * centre[:, None, :]
    variance = np.einsum("kii->i", products) / n
    if not bool((variance > 0.0).all()):
        return None
    both = np.einsum("ki,kj->kij", seen, seen)
    pairs = patterns.answered_both()
    covariance = np.einsum("kij,kij->ij", patterns.products, both) / np.maximum(pairs, 1.0)
    spread = [np.einsum("kii,kij->ij", patterns.products, both)]
    within = np.sqrt(np.maximum(spread[0] * spread[0].T, 1e-300)) / np.maximum(pairs, 1.0)
    correlation = np.clip(covariance / within, -0.9, 0.9)
    scale = np.sqrt(np.outer(variance, variance))
    start = np.where(np.eye(n.size, dtype=np.bool_), variance, correlation * scale)
    # Correlations of different people need not fit together; shrink until they do.
    while not _inside(start):
        start = 0.8 * start + 0.2 * np.diag(variance)
    return np.asarray(start)


def _inside(covariance: Floats) -> bool:
    variance = np.diag(covariance)
    if bool((variance <= 0).any()):
        return False
    scale = np.sqrt(variance)
    correlation = covariance / np.outer(scale, scale)
    if scale.size == 2:
        return abs(float(correlation[0, 1])) < _LARGEST_CORRELATION
    return float(np.linalg.eigvalsh(correlation)[0]) > 1.0 - _LARGEST_CORRELATION


def solve_means(patterns: WavePatterns, basis: Floats, parameters: Floats) -> MeansAtCovariance:
    """Generalised least squares at one covariance, and −2 restricted log-likelihood."""
    covariance = np.einsum("a,aij->ij", parameters, basis)
    seen = patterns.answered[:, :, None] & patterns.answered[:, None, :]
    # An unanswered wave gets variance 1 of its own, so that all patterns invert at once.
    alone = np.where(patterns.answered, 0.0, 1.0)[:, :, None] * np.eye(covariance.shape[0])
    padded = np.where(seen, covariance, 0.0) + alone
    inverses = np.where(seen, np.linalg.inv(padded), 0.0)
    phi = np.linalg.inv(np.einsum("k,kij->ij", patterns.people, inverses))
    means = phi @ np.einsum("k,kij,kj->i", patterns.people, inverses, patterns.means)
    about = _about(patterns, means)
    logs = float(patterns.people @ np.linalg.slogdet(padded)[1])
    return MeansAtCovariance(
        inverses=inverses,
        phi=np.asarray(phi),
        means=np.asarray(means),
        about=about,
        residual=float(np.sum(inverses * about)),
        log_terms=logs - float(np.linalg.slogdet(phi)[1]),
    )


def _about(patterns: WavePatterns, means: Floats) -> Floats:
    """Sums of products about given means, 0 where not answered."""
    gap = np.where(patterns.answered, patterns.means - means, 0.0)
    return np.asarray(patterns.products + np.einsum("k,ki,kj->kij", patterns.people, gap, gap))


def _information(
    patterns: WavePatterns, basis: Floats, point: MeansAtCovariance
) -> tuple[Floats, Floats, Floats]:
    """P_i, Q_ij of Kenward & Roger and the expected information of the parameters."""
    side = point.inverses[:, None] @ basis  # V⁻¹G_i of each pattern
    weights = patterns.people[:, None, None, None]
    p = -(weights * (side @ point.inverses[:, None])).sum(axis=0)
    double = side[:, :, None] @ side[:, None]
    weighted = patterns.people[:, None, None, None, None] * double
    q = (weighted @ point.inverses[:, None, None]).sum(axis=0)
    trace = np.einsum("kabii->ab", weighted)
    first = point.phi @ p
    removed = 2.0 * np.einsum("ij,abji->ab", point.phi, q)
    removed = removed - np.einsum("aij,bji->ab", first, first)
    return p, q, 0.5 * (trace - removed)


def _derivatives(
    patterns: WavePatterns, basis: Floats, point: MeansAtCovariance
) -> tuple[Floats, Floats, Floats]:
    """Score of the restricted log-likelihood, its expected and its observed information."""
    p, _, information = _information(patterns, basis, point)
    around = point.inverses @ point.about @ point.inverses
    expected = np.einsum("k,kij->ij", patterns.people, point.inverses)
    score = np.einsum("aij,ji->a", basis, around.sum(axis=0) - expected)
    carried = _carried(patterns, basis, point)
    left, right = around[:, None] @ basis, point.inverses[:, None] @ basis
    double = np.einsum("kaij,kbji->ab", left, right)
    # The average of observed and expected information: Gilmour, Thompson & Cullis 1995,
    # doi:10.2307/2533274.
    average = 0.5 * (double - carried @ point.phi @ carried.T)
    score = 0.5 * (score - np.einsum("ij,aji->a", point.phi, p))
    return score, information, 2.0 * average - information


def _carried(patterns: WavePatterns, basis: Floats, point: MeansAtCovariance) -> Floats:
    """X'V⁻¹G_iV⁻¹(y − Xμ), shape (parameters, T)."""
    gap = np.where(patterns.answered, patterns.means - point.means, 0.0)
    weighted = np.einsum("kij,kj->ki", point.inverses, gap * patterns.people[:, None])
    sides = point.inverses[:, None] @ basis
    return np.asarray(np.einsum("kaij,kj->ai", sides, weighted))
