"""Whether questions mean the same, for an audience that may not see single people's answers."""

from __future__ import annotations

from dataclasses import replace

from analysis.results import SUPPRESSED, ComparisonLike, NotEstimable
from analysis.statistics.factor_model import FactorFit
from analysis.surveys.measurement import Measurement

#: Sizes of a shift, which say nothing of how many people there are.
_EFFECTS = ("standardised", "r2_change", "mcfadden_change")


def protect_measurement(found: Measurement) -> Measurement:
    """Keep tests and fit indices of many people; how many answered every question stays out."""
    invariance = found.invariance
    return replace(
        found,
        n_from=SUPPRESSED,
        n_to=SUPPRESSED,
        n_both=SUPPRESSED,
        n_incomplete=SUPPRESSED,
        n_drawn=None,
        items=tuple(replace(one, test=_hide_size_of_test(one.test)) for one in found.items),
        invariance=None
        if invariance is None
        else replace(
            invariance,
            configural=hide_size(invariance.configural),
            metric=hide_size(invariance.metric),
            equal_loadings=_hide_size_of_test(invariance.equal_loadings),
        ),
    )


def hide_size(found: FactorFit | NotEstimable) -> FactorFit | NotEstimable:
    """Give the fit without how many people it is of.

    RMSEA with χ² gives them, and so do its limits without; p gives χ².
    """
    if isinstance(found, NotEstimable):
        return replace(found, n=0, details={})
    return replace(
        found,
        n=SUPPRESSED,
        chi2=SUPPRESSED,
        p_value=SUPPRESSED,
        rmsea=replace(found.rmsea, n=SUPPRESSED, ci_low=SUPPRESSED, ci_high=SUPPRESSED),
    )


def _hide_size_of_test(found: ComparisonLike) -> ComparisonLike:
    """Leave out of a test how many people it is about: its degrees of freedom tell as well."""
    if isinstance(found, NotEstimable):
        return replace(found, n=0, details={})
    kept = {k: v for k, v in found.details.items() if k in _EFFECTS}
    return replace(found, n=SUPPRESSED, df=SUPPRESSED, details=kept)
