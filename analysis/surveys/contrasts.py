"""Which pairs of waves are compared, and which one of them speaks for a measure.

Every headline, target, card and pooled number rests on the same contrast of a measure:
:func:`main_contrast` marks it, :func:`main_rows` and :func:`main_records` read the mark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from analysis.study import Study
from analysis.surveys.panel import Panel

#: Names of waves that lie before the start, where nothing is declared: "pre", "Pre-test 2", "T0".
#: As words of their own: "present", "press" and "T01" are none of them.
BEFORE = re.compile(
    r"pre[-_ ]?(?:test|survey|wave|assessment|intervention|program(?:me)?)?(?![a-z])"
    r"|base(?:[-_ ]?line)?(?![a-z])|t0(?![0-9a-z])|前测|基线"
)


class _Row(Protocol):
    @property
    def measure(self) -> str: ...
    @property
    def main(self) -> bool: ...


RowT = TypeVar("RowT", bound=_Row)


def list_contrasts(study: Study, panel: Panel) -> list[tuple[str, str]]:
    """Each later wave against the first; retrospective and placebo waves stand apart.

    A retrospective pre is put against the last wave, and the real pre against it (response
    shift). A placebo wave is in no contrast: it only serves the check of parallel trends.
    """
    plan = study.plan.survey
    told = set(plan.retrospective) if plan is not None else set()
    aside = told | panel.placebo
    real = [wave for wave in panel.waves if wave not in aside]
    looked_back = [wave for wave in panel.waves if wave in told]
    contrasts = [(real[0], later) for later in real[1:]] if real else []
    for wave in looked_back if real else ():
        contrasts.append((wave, real[-1]))
        if len(real) > 1:
            contrasts.append((real[0], wave))
    return contrasts


def main_contrast(study: Study, panel: Panel, measure: str) -> tuple[str, str] | None:
    """Choose the contrast that speaks for a measure: first real wave to last real wave.

    A retrospective wave, a placebo wave or a second wave before the start is never an end of it
    while another contrast exists. The last wave is the last one in which the measure was asked.
    """
    contrasts = list_contrasts(study, panel)
    if not contrasts:  # nobody is in the panel, and no measure has scores
        return None
    scored = np.asarray(np.isfinite(panel.scores[measure]).any(axis=0))
    asked = {wave for wave, any_score in zip(panel.waves, scored, strict=True) if any_score}
    return choose_main(contrasts, panel, asked)


def choose_main(
    contrasts: Sequence[tuple[str, str]], panel: Panel, asked: Collection[str]
) -> tuple[str, str] | None:
    """Choose among contrasts as :func:`main_contrast`; ``asked`` are the waves with a score."""
    real = [c for c in contrasts if not panel.looked_back & set(c)] or contrasts
    before = {panel.waves[at] for at in waves_before(panel)}
    after = [c for c in real if c[1] not in before] or real
    return next(reversed([c for c in after if c[1] in asked] or list(after)), None)


def waves_before(panel: Panel) -> list[int]:
    """Columns of the waves asked before the start, in order of time.

    The declared placebo waves and the baseline; without a declaration the waves whose names say
    so. A memory of the time before the start is not one of them.
    """
    if panel.placebo:
        return [
            *(panel.wave_index(wave) for wave in panel.waves if wave in panel.placebo),
            panel.told_then[0],
        ]
    return [
        at
        for at, wave in enumerate(panel.waves)
        if wave not in panel.looked_back and BEFORE.match(wave.strip().lower())
    ]


def family_of_contrast(role: str, *, main: bool) -> str:
    """Family of tests within which a p-value is adjusted.

    Only the main contrast of each measure is confirmatory; a middle wave or a wave told from
    memory is adjusted with its like, so that it takes no strength from the main ones.
    """
    if not main:
        return "further"
    return "primary" if role == "primary" else "other"


def main_rows(rows: Sequence[RowT]) -> list[RowT]:
    """Give one result per measure, that of its main contrast, in the order of the measures."""
    return [row for row in rows if row.main]


def main_records(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give one record per measure of a results file: as :func:`main_rows`.

    Files written before the mark existed have their measures' last contrast of real waves.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for record in records:
        name = str(record["measure"])
        if "main" in record:
            speaks = bool(record["main"])
        else:
            codes = [c["code"] if isinstance(c, Mapping) else c for c in record.get("cautions", ())]
            speaks = "retrospective" not in codes or name not in found
        if speaks:
            found[name] = record
    return list(found.values())
