"""One community from its counts: the sections of its results file that counts can serve.

The same functions as for a study's rows are used, so the numbers are the same. What needs rows is
left out, and said: subgroups, the global question of change, clusters and the comparison of groups,
omega's interval and the factor's fit, answers to questions of knowledge, seasons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.counts.questionnaire import Item, Questionnaire, Scale
from analysis.counts.tables import ABSENT, Community, SurveyCounts
from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Caution, EstimateLike
from analysis.sections import describe_provenance, describe_settings
from analysis.statistics.factor_model import adequacy_of
from analysis.statistics.reliability import (
    ItemMoments,
    alpha_if_dropped,
    cronbach_alpha,
    first_factor_share,
    item_rest,
    omega_total,
    unreversed_suspects,
)
from analysis.study import Study
from analysis.surveys.analyses import count_contrast
from analysis.surveys.cautions import counted_cautions, design_cautions
from analysis.surveys.change import adjust_outcomes, estimate_outcome
from analysis.surveys.contrasts import choose_main, list_contrasts
from analysis.surveys.findings import find_main_changes, find_study
from analysis.surveys.flow import flow_of
from analysis.surveys.items import choose_answers, count_answers, describe_item
from analysis.surveys.panel import Panel
from analysis.surveys.results import Flow, ItemAnswers, Outcome, Reliability, ScoreSummary
from analysis.surveys.scoring import FloatArray, describe_scores, mean_of, score_totals

COUNTED_SECTIONS = ("flow", "scoring", "reliability", "outcomes", "items")
"""Sections of the results file that are made from counts, beside findings and cautions."""


def evaluate_community(
    plan: StudyPlan, community: Community, counts: SurveyCounts, engine: str
) -> Evaluation:
    """Evaluate one community from its counts.

    Parameters
    ----------
    plan
        The study file that all communities share.
    counts
        Of this community alone, see :meth:`SurveyCounts.by_community`.
    engine
        What counted, for the results file.

    Returns
    -------
    Evaluation
        With :data:`COUNTED_SECTIONS`; its settings say so, under ``counted``.
    """
    study = Study(
        plan=plan,
        issues=community.issues,
        exclusions=community.exclusions,
        files=community.files,
    )
    settings = describe_settings(study)
    settings["counted"] = {
        "engine": engine,
        "sections": list(COUNTED_SECTIONS),
        "not_counted": dict(counts.questionnaire.not_counted),
        "further_issues": dict(community.further_issues),
    }
    found = _Counted(study, community, counts)
    flow = flow_of(study, found.panel(community.waves, everyone=True))
    reliability = found.list_reliability()
    evaluation = Evaluation(
        fingerprint=community.fingerprint,
        title={plan.study.language: community.name},
        settings=settings,
        provenance=describe_provenance(study),
        flow=flow,
        scoring=found.list_scores(),
        reliability=reliability,
        outcomes=found.list_outcomes(reliability),
        items=found.list_items(),
        issues=community.issues,
    )
    findings = (*find_study(study, evaluation), *find_main_changes(study, evaluation))
    return replace(evaluation, findings=findings, cautions=_cautions(evaluation, flow, community))


def _cautions(evaluation: Evaluation, flow: Flow, community: Community) -> tuple[Caution, ...]:
    own = (caution for outcome in evaluation.outcomes for caution in outcome.cautions)
    return (*design_cautions(flow, compared=community.compared), *own)


class _Counted:
    """The sections of one community, each made from its tables."""

    def __init__(self, study: Study, community: Community, counts: SurveyCounts) -> None:
        self.study, self.community, self.counts = study, community, counts
        self.asked: Questionnaire = counts.questionnaire
        self.places = {wave: at for at, wave in enumerate(self.asked.waves)}
        here = set(counts.waves.loc[counts.waves["programme"].eq(1), "wave"])
        #: Waves of those who received the programme.
        self.waves = tuple(wave for wave in community.waves if self.places[wave] in here)

    def panel(self, waves: Sequence[str], *, everyone: bool = False) -> Panel:
        """A panel of nothing but waves; with everyone, also of who answered in which of them."""
        survey = self.study.plan.survey
        row = np.empty((0, len(waves)), np.int64)
        if everyone:
            patterns = np.repeat(self.counts.presence["pattern"], self.counts.presence["n"])
            there = [np.right_shift(patterns, self.places[wave]) & 1 for wave in waves]
            row = np.column_stack(there).astype(np.int64) - 1 if waves else row
        return Panel(
            waves=tuple(waves),
            row=row,
            scores={},
            anonymous=self.community.anonymous,
            looked_back=frozenset(survey.retrospective if survey is not None else ()),
            placebo=frozenset(survey.placebo if survey is not None else ()),
        )

    def list_scores(self) -> tuple[ScoreSummary, ...]:
        """Distribution of every measure in every wave."""
        return tuple(
            self._describe(place, scale, wave)
            for place, scale in enumerate(self.asked.linked_scales)
            for wave in self.community.waves
        )

    def _describe(self, place: int, scale: Scale, wave: str) -> ScoreSummary:
        measure = scale.measure
        values, n_missing = self._scores(place, scale, wave)
        subscales: dict[str, EstimateLike] = {
            part.subscale: mean_of(self._scores(at, part, wave)[0])
            for at, part in enumerate(self.asked.scales)
            if part.subscale and part.measure.name == measure.name
        }
        return describe_scores(measure, wave, values, n_missing, subscales)

    def _scores(self, place: int, scale: Scale, wave: str) -> tuple[FloatArray, int]:
        """Finite scores of one wave, and how many people have none."""
        table = self.counts.scores
        part = table[table["scale"].eq(place) & table["wave"].eq(self.places[wave])]
        scores = score_counted(part["answered"], part["total"], scale)
        known, n = np.isfinite(scores), part["n"].to_numpy()
        return np.repeat(scores[known], n[known]), int(n[~known].sum())

    def list_reliability(self) -> tuple[Reliability, ...]:
        """Reliability of every measure of several items, from the sums over complete answers."""
        return tuple(
            self._reliability(scale, wave)
            for scale in self.asked.consistent
            for wave in self.community.waves
        )

    def _reliability(self, scale: Scale, wave: str) -> Reliability:
        table = self.counts.moments[scale.measure.name]
        row = table[table["wave"].eq(self.places[wave])].iloc[0]
        used = [at for at in range(len(scale.items)) if row[f"asked_{at}"]]
        names = [scale.items[at].name for at in used]
        sums = ItemMoments(
            n=int(row["n"]),
            sums=tuple(int(row[f"sum_{at}"]) for at in used),
            products=tuple(
                tuple(int(row[f"product_{min(a, b)}_{max(a, b)}"]) for b in used) for a in used
            ),
            unit=scale.unit,
        )
        kmo, by_item = _adequacy(sums)
        return Reliability(
            measure=scale.measure.name,
            wave=wave,
            n=sums.n,
            n_items=len(names),
            alpha=cronbach_alpha(sums),
            omega=omega_total(sums),
            item_rest=item_rest(sums, names),
            alpha_if_dropped=alpha_if_dropped(sums, names),
            first_factor_share=first_factor_share(sums),
            unreversed_suspects=unreversed_suspects(sums, names),
            kmo=kmo,
            kmo_items=dict(zip(names, by_item, strict=True)),
        )

    def list_outcomes(self, reliability: Sequence[Reliability]) -> tuple[Outcome, ...]:
        """Change of every measure between its waves, of those who received the programme."""
        panel = self.panel(self.waves)
        contrasts = list_contrasts(self.study, panel)
        found = []
        for place, scale in enumerate(self.asked.linked_scales):
            if scale.measure.role == "descriptive":
                continue
            pairs = self.counts.pairs[self.counts.pairs["scale"].eq(place)]
            main = choose_main(contrasts, panel, self._waves_scored(pairs, scale))
            for waves in contrasts:
                outcome = self._outcome(scale, pairs, waves, reliability, main=waves == main)
                found.append(
                    replace(outcome, among="treated") if self.community.compared else outcome
                )
        return adjust_outcomes(found)

    def _waves_scored(self, pairs: pd.DataFrame, scale: Scale) -> set[str]:
        """Waves in which anybody has a score."""
        return {
            wave
            for wave, place in self.places.items()
            for side in ("first", "second")
            for part in (pairs[pairs[f"{side}_wave"].eq(place)],)
            if np.isfinite(
                score_counted(part[f"{side}_answered"], part[f"{side}_total"], scale)
            ).any()
        }

    def _outcome(
        self,
        scale: Scale,
        pairs: pd.DataFrame,
        waves: tuple[str, str],
        reliability: Sequence[Reliability],
        *,
        main: bool,
    ) -> Outcome:
        first, second = sorted(self.places[wave] for wave in waves)
        part = pairs[pairs["first_wave"].eq(first) & pairs["second_wave"].eq(second)]
        sides = ("first", "second") if self.places[waves[0]] == first else ("second", "first")
        n = part["n"].to_numpy()
        by_side = [
            score_counted(part[f"{side}_answered"], part[f"{side}_total"], scale) for side in sides
        ]
        there = [part[f"{side}_answered"].ne(ABSENT).to_numpy() for side in sides]
        lacking = [
            (int(n[here & ~np.isfinite(scores)].sum()), int(n[here].sum()))
            for here, scores in zip(there, by_side, strict=True)
        ]
        pre, post = (np.repeat(scores, n) for scores in by_side)
        measure = scale.measure
        contrast = count_contrast(
            measure,
            pre,
            post,
            anonymous=self.community.anonymous,
            seed=self.study.plan.study.seed,
        )
        outcome = estimate_outcome(
            contrast,
            waves,
            (pre, post),
            main=main,
            reliability=reliability,
            labels=self.community.labels.get(measure.name, {}),
        )
        cautions = counted_cautions(
            self.study,
            contrast,
            waves,
            outcome,
            asked=[self._asked(measure, wave) for wave in waves],
            lacking=lacking,
        )
        return replace(outcome, cautions=cautions)

    def _asked(self, measure: MeasurePlan, wave: str) -> set[str]:
        """Items of a measure that anybody answered in a wave."""
        table = self.counts.answers
        places = set(table.loc[table["wave"].eq(self.places[wave]), "item"])
        return {
            item.name
            for at, item in enumerate(self.asked.items)
            if at in places and item.measure.name == measure.name
        }

    def list_items(self) -> tuple[ItemAnswers, ...]:
        """Answers to every item; those to questions of knowledge are only marks, and left out."""
        found: list[ItemAnswers] = []
        for measure, unit in zip(self.asked.measures, self.asked.units, strict=True):
            if measure.kind == "knowledge":
                continue
            items = [
                (at, one)
                for at, one in enumerate(self.asked.items)
                if one.measure.name == measure.name
            ]
            table = self.counts.answers
            given = table.loc[table["item"].isin([at for at, _ in items]), "answer"].unique()
            listed = choose_answers(measure, sorted(float(one) / unit for one in given))
            found += [
                self._item(at, item, unit, wave, listed)
                for at, item in items
                for wave in self.waves
            ]
        return tuple(found)

    def _item(
        self, at: int, item: Item, unit: int, wave: str, listed: Sequence[float]
    ) -> ItemAnswers:
        table, measure = self.counts.answers, item.measure
        part = table[table["item"].eq(at) & table["wave"].eq(self.places[wave])]
        known = np.repeat(part["answer"].to_numpy() / unit, part["n"].to_numpy())
        rows = self.counts.waves
        here = rows["wave"].eq(self.places[wave]) & rows["programme"].eq(1)
        n_missing = int(rows.loc[here, "n"].sum()) - known.size
        labels = self.community.labels.get(measure.name, {})
        counts = count_answers(measure, labels, listed, known)
        return describe_item(measure, item.name, wave, known, n_missing, counts)


def score_counted(answered: pd.Series, total: pd.Series, scale: Scale) -> FloatArray:
    """Scores of people of whom the number answered and the sum are known; NaN = none."""
    n = answered.to_numpy(dtype=np.int64)
    whole = total.to_numpy(dtype=np.float64) / scale.unit
    if scale.measure.kind == "category":
        return np.where(n > 0, whole, math.nan)
    return score_totals(np.maximum(n, 0), whole, len(scale.items), scale.measure)


def _adequacy(sums: ItemMoments) -> tuple[float | None, tuple[float | None, ...]]:
    """Kaiser–Meyer–Olkin measure where every item varies and more people than items answered."""
    if sums.k < 2 or sums.n <= sums.k:
        return None, (None,) * sums.k
    covariance = sums.covariance
    deviation = np.sqrt(np.diag(covariance))
    if bool((deviation <= 0).any()):
        return None, (None,) * sums.k
    return adequacy_of(covariance / np.outer(deviation, deviation))
