"""Who is in the survey: rows received, people kept, matched, left out."""

from __future__ import annotations

from collections import Counter

import numpy as np

from analysis.study import Study
from analysis.surveys.panel import Panel, build_panel
from analysis.surveys.results import ExcludedRows, Flow, WaveFlow


def count_flow(study: Study, panel: Panel | None = None) -> Flow | None:
    """Count rows and people per wave, the matched, and what was left out with its reason.

    Rows of all waves = respondents of all waves + exclusions. ``matched`` have answers in both
    the first and the last wave; a wave told from memory is neither.
    """
    if study.survey is None:
        return None
    return flow_of(study, build_panel(study) if panel is None else panel)


def flow_of(study: Study, panel: Panel) -> Flow:
    """Count as :func:`count_flow`; of the panel only who answered in which wave is needed."""
    there = panel.row >= 0
    excluded = _excluded(study)
    lost = Counter[str]()
    for one in excluded:
        if one.table == "survey":
            lost[one.wave] += one.n
    waves = {
        wave: WaveFlow(rows=int(n) + lost.pop(wave, 0), respondents=int(n))
        for wave, n in zip(panel.waves, there.sum(axis=0), strict=True)
    }
    rest = sum(lost.values())
    if rest:
        waves[""] = WaveFlow(rows=rest, respondents=0)
    ends = panel.ends if panel.waves else ()
    first, last = (there[:, at] for at in ends) if ends else (np.zeros(0, bool),) * 2
    return Flow(
        waves=waves,
        matched=int((first & last).sum()) if len(panel.waves) > 1 else 0,
        pre_only=int((first & ~last).sum()),
        post_only=int((last & ~first).sum()),
        duplicates=sum(e.n for e in excluded if (e.table, e.reason) == ("survey", "duplicate")),
        excluded=excluded,
        anonymous=panel.anonymous,
    )


def _excluded(study: Study) -> tuple[ExcludedRows, ...]:
    found = Counter[tuple[str, str, str]]()
    for one in study.exclusions:
        found[(one.reason, one.table, one.wave)] += one.n
    return tuple(
        ExcludedRows(reason=reason, n=n, table=table, wave=wave)
        for (reason, table, wave), n in found.items()
    )
