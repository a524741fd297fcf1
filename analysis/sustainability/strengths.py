"""What the community has, by wave: kept, gained, lost. The intervention builds on it."""

from __future__ import annotations

import pandas as pd

from analysis.study import Study
from analysis.sustainability.results import Strengths, StrengthsByKind


def evaluate_strengths(study: Study) -> Strengths | None:
    """Compare the inventory of the first wave with the last; None without two waves."""
    table = study.strengths
    if table is None or table.empty:
        return None
    present = table[table["present"]] if "present" in table else table
    waves = _waves(study, present)
    if len(waves) < 2:
        return None
    kind = present["kind"].fillna("") if "kind" in present else pd.Series("", index=present.index)
    told = present.assign(kind=kind)
    kinds = list(dict.fromkeys(told["kind"]))
    return Strengths(
        wave_from=waves[0],
        wave_to=waves[-1],
        kinds=tuple(_one_kind(told[told["kind"] == k], str(k), waves) for k in kinds),
    )


def _waves(study: Study, table: pd.DataFrame) -> list[str]:
    declared = study.plan.survey.waves if study.plan.survey else ["pre", "post"]
    found = list(dict.fromkeys(table["wave"]))
    return [w for w in declared if w in found] + [w for w in found if w not in declared]


def _one_kind(table: pd.DataFrame, kind: str, waves: list[str]) -> StrengthsByKind:
    before = set(table.loc[table["wave"] == waves[0], "strength"])
    after = set(table.loc[table["wave"] == waves[-1], "strength"])
    return StrengthsByKind(
        kind=kind,
        before=len(before),
        after=len(after),
        kept=len(before & after),
        gained=tuple(sorted(after - before)),
        lost=tuple(sorted(before - after)),
    )
