"""Studies made by hand for tests: no files, a few lines each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.plan import plan_from_dict
from analysis.study import Study, SurveyData


def make_study(
    waves: Mapping[str, Mapping[str, Sequence[float] | Sequence[Sequence[float]]]],
    *,
    respondents: Mapping[str, Sequence[object]] | None = None,
    measures: Sequence[Mapping[str, Any]] | None = None,
    facts: Mapping[str, Sequence[object]] | None = None,
    categories: Mapping[str, Sequence[object]] | None = None,
    covariates: Mapping[str, Sequence[object]] | None = None,
    survey: Mapping[str, Any] | None = None,
    study: Mapping[str, Any] | None = None,
    anonymous: bool = False,
    targets: Sequence[str] = (),
    **tables: Any,
) -> Study:
    """Make a study from scores.

    Parameters
    ----------
    waves
        Wave → measure name → answers, one list per item or one list for a single item.
    respondents
        Wave → codes; 0, 1, 2 … when left out.
    measures
        Plans; by default a scale 1–5 for each name found.
    targets
        Indicators, each to reach 5.
    facts, categories, covariates
        Columns of keys, categories and covariates over all rows, in the order of the waves.
    """
    names = list(next(iter(waves.values())))
    columns = {wave: {n: _columns(answers[n]) for n in names} for wave, answers in waves.items()}
    sizes = {wave: len(found[names[0]][0]) for wave, found in columns.items()}
    plans = [dict(m) for m in (measures or [{"name": n} for n in names])]
    for plan in plans:
        plan_items = [
            f"{plan['name']}_{i + 1}" for i in range(len(columns[next(iter(waves))][plan["name"]]))
        ]
        plan.setdefault("items", plan_items)
        if plan.get("kind", "scale") == "scale":
            plan.setdefault("range", [1, 5])
    codes = respondents or {wave: list(range(n)) for wave, n in sizes.items()}
    keys = pd.DataFrame(
        {
            "respondent": [str(c) for wave in waves for c in codes[wave]],
            "wave": [wave for wave, n in sizes.items() for _ in range(n)],
            **(facts or {}),
        }
    )
    items = {}
    for plan in plans:
        parts = [np.column_stack(columns[wave][plan["name"]]) for wave in waves]
        items[plan["name"]] = pd.DataFrame(np.vstack(parts), columns=list(plan["items"]))
    told = {"waves": list(waves), "disaggregate": list(categories or {}), **(survey or {})}
    told.setdefault("covariates", list(covariates or {}))
    aims = [{"indicator": one, "target": 5} for one in targets]
    plan = plan_from_dict(
        {"study": study or {}, "survey": told, "measures": plans, "targets": aims}
    )
    data = SurveyData(
        keys=keys,
        categories=pd.DataFrame(categories or {}, index=keys.index),
        covariates=pd.DataFrame(covariates or {}, index=keys.index),
        items=items,
        texts={},
        anonymous=anonymous,
    )
    return Study(plan=plan, survey=data, **tables)


def _columns(answers: Sequence[Any]) -> list[np.ndarray]:
    first = answers[0]
    if isinstance(first, list | tuple | np.ndarray):
        return [np.asarray(column, dtype=float) for column in answers]
    return [np.asarray(answers, dtype=float)]
