"""Cautions of several measures together: each once, with the measures it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from analysis.evaluation import Evaluation
from analysis.results import Caution
from dashboard.sentences import say_caution
from dashboard.text import Text

_GRAVITY = {"serious": 0, "caution": 1, "info": 2}


def say_cautions(text: Text, evaluation: Evaluation, cautions: Iterable[Caution]) -> list[str]:
    """Say each caution once, the gravest first; its measures stand before it."""
    labels = _measure_labels(text, evaluation)
    said: dict[str, list[str]] = {}
    for caution in sorted(cautions, key=lambda c: _GRAVITY[c.severity]):
        measures = said.setdefault(say_caution(text, caution), [])
        label = labels.get(caution.measure)
        if label is not None and label not in measures:
            measures.append(label)
    return [
        _with_measures(text, one, names if len(names) < len(labels) else ())
        for one, names in said.items()
    ]


def _measure_labels(text: Text, evaluation: Evaluation) -> dict[str, str]:
    measures: Any = evaluation.settings.get("measures", ())
    return {one["name"]: text.of(one.get("label"), one["name"]) for one in measures}


def _with_measures(text: Text, caution: str, measures: Sequence[str]) -> str:
    if not measures:
        return caution
    named = reduce(lambda one, two: text("{first}, {second}", first=one, second=two), measures)
    return text("{measure}: {caution}", measure=named, caution=caution)
