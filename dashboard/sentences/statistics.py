"""Names of analyses and effect sizes, and why a number cannot be given."""

from __future__ import annotations

from analysis.results import ComparisonLike, Estimate, EstimateLike
from dashboard.sentences.few import say_missing
from dashboard.text import Text


def name_analysis(text: Text, name: str) -> str:
    """Name an analysis as a methods section would."""
    named = {
        "paired_t": text("Paired t-test"),
        "wilcoxon": text("Wilcoxon signed-rank test, Hodges–Lehmann shift"),
        "sign": text("Sign test"),
        "bca_mean": text("Mean change, BCa bootstrap interval"),
        "welch_t": text("Welch's t-test, waves as separate samples"),
        "mann_whitney": text("Mann–Whitney test, waves as separate samples"),
        "derrick": text("Derrick's test, everyone who answered"),
        "mixed_model": text("Mixed model, everyone who answered"),
        "mixed_waves": text("Mixed model over all waves"),
        "ordinal": text("Ordinal model, log odds ratio"),
        "ordinal_mixed": text("Ordinal model with each person's own level, log odds ratio"),
        "ordinal_waves": text("Ordinal model over all waves, log odds ratio"),
        "standardised_share": text("Change of the share, everyone who answered"),
        "mcnemar_midp": text("McNemar mid-p test, Newcombe interval"),
        "mcnemar_exact": text("McNemar exact test"),
        "two_proportions_z": text("Two shares, waves as separate samples"),
        "stuart_maxwell": text("Stuart–Maxwell test"),
        "bowker": text("Bowker's test of symmetry"),
        "chi_square": text("Chi-squared test"),
        "did": text("Difference in differences"),
        "did_everyone": text("Difference in differences, everyone who answered"),
        "ancova": text("ANCOVA, adjusted for the start"),
        "did_mixed": text("Difference in differences, mixed model of everyone who answered"),
        "did_overlap": text("Difference in differences, overlap weights"),
        "ancova_covariates": text("ANCOVA, adjusted for the start and the covariates"),
        "ancova_covariates_cr2": text("ANCOVA with covariates, clusters (CR2)"),
        "did_cr2": text("Difference in differences, clusters (CR2)"),
        "ancova_cr2": text("ANCOVA, clusters (CR2)"),
        "sign_flip": text("Exact sign-flip test over clusters"),
        "multiple_imputation": text("Multiple imputation of those lost"),
        "did_multiple_imputation": text(
            "Difference in differences, multiple imputation of those lost"
        ),
        "mean_cr2": text("People of one cluster counted as alike (CR2)"),
        "survey_weights": text("Survey weights"),
        "baseline_composition": text("Later wave weighted to the people of the first"),
        "raking": text("Weights raked to the population"),
        "dose_slope": text("Linear model, adjusted for the start"),
        "tost": text("Two one-sided tests of equivalence"),
    }
    return named.get(name, name)


def name_change(text: Text, change: ComparisonLike) -> str:
    """Name an analysis of a change, with what it had to assume of the two waves."""
    if change.name == "mixed_model" and change.method.startswith("compound_symmetry"):
        return text("Mixed model, everyone who answered, equal spread assumed")
    if change.name == "mixed_model" and change.method.startswith("uncorrelated"):
        return text("Mixed model, everyone who answered, too few matched to link the waves")
    return name_analysis(text, change.name)


def name_effect(text: Text, name: str) -> str:
    """Name an effect size with what it stands on."""
    named = {
        "d_z": text("d_z: change over its own spread"),
        "d_av": text("d_av: change over the spread of the scores"),
        "hedges_g_z": text("Hedges g_z: d_z, small-sample corrected"),
        "hedges_g_av": text("Hedges g_av: d_av, small-sample corrected"),
        "hedges_g": text("Hedges g"),
        "hedges_g_independent": text("Hedges g, waves as separate samples"),
        "rank_biserial": text("Rank-biserial correlation"),
        "superiority": text("Chance that a later score is higher"),
        "cohen_h": text("Cohen's h"),
        "risk_difference": text("Difference of shares"),
    }
    return named.get(name, name)


def say_reason(text: Text, reason: str) -> str:
    """Say why a number cannot be given."""
    return {
        "too_few": text("too few answers"),
        "no_variance": text("no variation"),
        "suppressed": text("hidden: group too small"),
        "not_asked": text("not asked"),
        "not_identified": text("the design cannot tell"),
        "not_reached": text("not reached"),
        "no_data": text("no data"),
    }.get(reason, reason)


def share_with_interval(text: Text, rate: EstimateLike) -> str:
    """Format a rate with its interval and n, or say why there is none."""
    if not isinstance(rate, Estimate):
        return say_missing(text, rate)
    if rate.ci_low is None or rate.ci_high is None:
        return text.percent(rate.estimate)
    return text(
        "{share} ({low} to {high}), n = {n}",
        share=text.percent(rate.estimate),
        low=text.percent(rate.ci_low),
        high=text.percent(rate.ci_high),
        n=rate.n,
    )
