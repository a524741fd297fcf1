"""Several files of one study: views of parts, a person more or less, other readers before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis import evaluate
from analysis.study import Study
from benchmarks.attack.linear import attack_sums
from benchmarks.attack.made_studies import Bools, Truth, survey_of
from benchmarks.attack.spoils import LEAST, Spoils, number, walk

File = tuple[str, Mapping[str, Any], Truth]


def write_release(
    study: Study, audience: str, before: Sequence[Any], evaluation: Any = None
) -> tuple[Mapping[str, Any], Any] | None:
    """A release beside those before, with the digits that rounding takes; None when refused."""
    from analysis.disclosure import RefusedReleaseError, make_release
    from dashboard.exports.results_file import write_results

    inside = evaluate(study) if evaluation is None else evaluation
    try:
        shown, release = make_release(inside, study, audience, before, rounded=False)  # type: ignore[arg-type]
    except RefusedReleaseError:
        return None
    return json.loads(write_results(shown)), release


def draw_later(study: Study, truth: Truth, rng: np.random.Generator) -> tuple[Study, Truth]:
    """A later version of a study: without one to three people of each table."""
    # Half of them keep the survey: without its headline the whole release is refused.
    gone = np.zeros(len(truth.codes), dtype=bool)
    if rng.random() < 0.5:
        gone[rng.choice(len(truth.codes), int(rng.integers(1, 4)), replace=False)] = True
    absent = rng.choice(truth.codes, 2)
    there = truth.without(gone)
    volunteers, service, capacity = study.volunteers, study.service, study.capacity
    left = volunteers["volunteer"].iloc[int(rng.integers(len(volunteers)))]
    later = replace(
        study,
        survey=survey_of(there, list(study.survey.items)),
        attendance=study.attendance[~study.attendance["person"].isin(absent)],
        volunteers=volunteers[volunteers["volunteer"] != left],
        service=service[service["volunteer"] != left],
        capacity=None if capacity is None else capacity[capacity["rater"] != "RATER-00"],
    )
    return later, there


def attack_versions(
    study: Study, truth: Truth, rng: np.random.Generator, spoils: Spoils, evaluation: Any
) -> None:
    """A release for the public; then one for funders without one to three people of each table."""
    first = write_release(study, "public", (), evaluation)
    if first is None:
        return
    later, there = draw_later(study, truth, rng)
    second = write_release(later, "funder", [first[1]])
    if second is None:
        return
    attack_sums([("one", first[0], truth), ("two", second[0], there)], spoils)
    subtract(first[0], second[0], spoils)


#: Sums and numbers of people; a mean with its n is one of them too.
_TOTALS = (
    "participants",
    "contacts",
    "n",
    "active",
    "left",
    "total",
    "attended",
    "respondents",
    "matched",
    "n_raters",
)


def subtract(first: Mapping[str, Any], second: Mapping[str, Any], spoils: Spoils) -> None:
    """The same number in two files that differ by a few people: it is about those few."""
    for section in ("participation", "volunteers", "sustainability", "flow"):
        old, new = dict(_numbers(first.get(section))), dict(_numbers(second.get(section)))
        for path, value in new.items():
            key = path.rpartition(".")[2]
            if value and path in old and old[path] != value and key in _TOTALS:
                # How many the difference is about, the attacker cannot see; the truth is few.
                spoils.take(f"between versions: {section} {key}", 1, f"{path}: {old[path]} {value}")


def _numbers(part: Any) -> list[tuple[str, float]]:
    return [
        (path, told)
        for path, value in walk(part or {})
        if "[]" not in path and (told := number(value)) is not None
    ]


def attack_views(study: Study, truth: Truth, spoils: Spoils, evaluation: Any) -> tuple[int, int]:
    """The whole, then each part by one value and some by two, as a session of a funder sees them.

    Returns how many parts were shown, and how many were asked for.
    """
    from analysis.surveys.filters import filter_study

    whole = write_release(study, "funder", (), evaluation)
    if whole is None:
        return 0, 0
    files: list[File] = [("whole", whole[0], truth)]
    seen, asked = [whole[1]], list_choices(truth)
    for filters in asked:
        part = filter_study(study, filters)
        if part.survey is None or part.survey.keys.empty:
            continue
        told = write_release(part, "funder", seen)
        if told is None:
            continue
        seen.append(told[1])
        if any(
            number(o["change"].get("estimate")) is not None for o in told[0].get("outcomes", ())
        ):
            files.append((str(filters), told[0], truth.without(~people_inside(truth, filters))))
    attack_sums(files, spoils)
    find_few_pairs(files, spoils)
    return len(files) - 1, len(asked)


def list_choices(truth: Truth) -> list[dict[str, list[str]]]:
    one = [
        {"category": [f"{name}={value}"]}
        for name in ("sex", "age")
        for value in np.unique(truth.facts[name])
    ]
    one += [{"site": [str(value)]} for value in np.unique(truth.facts.get("site", []))]
    return [*one, {"category": ["sex=f", "age=18-35"]}, {"category": ["sex=f", "sex=m"]}]


def people_inside(truth: Truth, filters: Mapping[str, Sequence[str]]) -> Bools:
    by: dict[str, list[str]] = {"site": list(filters.get("site", ()))}
    for entry in filters.get("category", ()):
        name, _, value = entry.partition("=")
        by.setdefault(name, []).append(value)
    found = np.ones(len(truth.codes), dtype=bool)
    for name, values in by.items():
        if values:
            found &= np.isin(truth.facts[name], values)
    return found


def find_few_pairs(files: Sequence[File], spoils: Spoils) -> None:
    """Numbers of complete pairs of two views that differ by few, one within the other."""
    sizes = []
    for _, results, truth in files:
        for o in results.get("outcomes", ()):
            n = number(o["n"]["matched"])
            ends = [np.isfinite(truth.scores(o["measure"], w)) for w in o["contrast"]]
            own = truth.treated if truth.treated is not None else np.ones_like(ends[0])
            if n is not None:
                sizes.append((o["measure"], tuple(o["contrast"]), ends[0] & ends[1] & own))
    for i, (measure, contrast, a) in enumerate(sizes):
        spoils.take("view of few pairs", a.sum())
        for other, waves, b in sizes[:i]:
            nested = not (a & ~b).any() or not (b & ~a).any()
            if measure == other and contrast == waves and nested:
                spoils.take("two views that differ by few pairs", (a ^ b).sum())


__all__ = [
    "LEAST",
    "attack_versions",
    "attack_views",
    "draw_later",
    "find_few_pairs",
    "list_choices",
    "people_inside",
    "subtract",
    "write_release",
]
