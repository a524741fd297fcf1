"""What can be read from a results file directly, or by subtracting one number from another."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import linprog

from benchmarks.attack.made_studies import MEASURES, Truth
from benchmarks.attack.spoils import LEAST, Spoils, estimate_of, number, outcome_of, walk


def attack_answers(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Means, shares and counts of the survey printed for 1 to 4 people."""
    sections = ("outcomes", "attrition", "comparison", "scoring", "reliability", "dose")
    for name in sections:
        for path, record in walk(results.get(name) or []):
            found = estimate_of(record)
            if found is not None and not path.endswith(".across.pooled"):  # n counts communities
                spoils.take(f"mean of few: {name}{path}".split("[")[0], found[1], path)
    for row in results.get("scoring") or ():
        for _, n in row["counts"]:
            spoils.take("scores held by few", number(n) or 0)
        for end in ("min", "max"):
            if number(row.get(end)) is not None:
                spoils.take("lowest and highest score", 1)
    for row in results.get("items") or ():
        for n in row["counts"].values():
            spoils.take("answers given by few", number(n) or 0)


def attack_activities(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Counts, steps and hours of 1 to 4 people who came or served."""
    came = results.get("participation") or {}
    points = came.get("lorenz") or []
    people = number(came.get("participants")) or 0
    if len(points) > 1 and people:
        gap = min(b[0] - a[0] for a, b in pairwise(points))
        spoils.take("contacts of one person: Lorenz points", gap * people)
    for _, n in came.get("engagement") or ():
        spoils.take("people by sessions attended", number(n) or 0)
    team = results.get("volunteers") or {}
    for step in (team.get("curve") or [])[1:]:
        spoils.take("curve step of few", number(step["events"]) or 0)
        spoils.take("curve step of few", number(step["censored"]) or 0)
    for _, n in team.get("roles") or ():
        spoils.take("role held by few", number(n) or 0)
    for cohort in team.get("cohorts") or ():
        spoils.take("intake of few", number(cohort["n"]) or 0)
    for month in team.get("monthly") or ():
        for key in ("new", "returning", "lapsed"):
            spoils.take("came or went in a month", number(month[key]) or 0)
    hours = team.get("hours") or {}
    if hours.get("per_person"):
        spoils.take("hours of one person", 1)
    spoils.take("few who give half the hours", number(hours.get("bus_factor")) or 0)


def _waves(results: Mapping[str, Any]) -> int:
    return len((results.get("flow") or {}).get("waves") or ())


def attack_dose(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Change of all minus change at each number of sessions: who is in no point."""
    outcome = outcome_of(results)
    dose = next(iter(results.get("dose") or ()), None)
    pairs = [a for a in (outcome or {}).get("analyses", ()) if a.get("name") == "paired_t"]
    whole = estimate_of(pairs[0]) if pairs else None
    # With three waves the first outcome may be of others than the line is.
    if dose is None or whole is None or _waves(results) > 2:
        return
    points = [(estimate_of(e), number(n)) for _, n, e in dose["points"]]
    if not points or any(e is None or n is None for e, n in points):
        return
    left = whole[1] - sum(n for _, n in points if n is not None)
    spoils.take("change of few: all minus dose points", left)


def attack_groups(results: Mapping[str, Any], spoils: Spoils) -> None:
    """All minus the groups shown; then the groups beside the attrition table."""
    outcome = outcome_of(results)
    if outcome is None:
        return
    whole = number(outcome["n"]["matched"])
    for table in outcome["subgroups"]:
        sizes = [number(g["n"]) if estimate_of(g["change"]) else None for g in table["groups"]]
        hidden = [g for g, n in zip(table["groups"], sizes, strict=True) if n is None]
        if whole is None:
            continue
        left = whole - sum(n for n in sizes if n is not None)
        spoils.take("group by subtraction: all minus groups", left)
        for group in hidden:
            row = next(
                (
                    r
                    for r in results.get("attrition") or ()
                    if (r["variable"], r["level"], r["group"]) == (table["by"], group["value"], "")
                ),
                None,
            )
            share = estimate_of(row["stayed"]) if row else None
            if share is not None and share[1] == whole:
                spoils.take("group by the attrition table", share[0] * share[1])


def attack_counts(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Numbers of people of which one includes the other: their difference."""
    flow, outcome = results.get("flow") or {}, outcome_of(results)
    if outcome is None or results.get("comparison") or _waves(results) > 2:
        return
    for key in ("matched", "pre_only", "post_only"):
        spoils.take("people in one wave only", number(flow.get(key)) or 0)
    n = outcome["n"]
    waves = {w: number(v["respondents"]) for w, v in (flow.get("waves") or {}).items()}
    nested = [(number(flow.get("matched")), number(n["matched"]))]
    for wave, key in (("pre", "from"), ("post", "to")):
        nested += [(waves.get(wave), number(n[key])), (number(n[key]), number(n["matched"]))]
        nested += [(waves.get(wave), number(n["matched"])), (waves.get(wave), nested[0][0])]
        for row in results.get("items") or ():
            if row["wave"] == wave:
                nested.append((waves.get(wave), number(row["n"])))
    for whole, part in nested:
        if whole is not None and part is not None:
            spoils.take("people by subtraction: nested totals", whole - part)


def attack_team(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """Volunteers: the size of hidden groups, and the hours of the busiest."""
    team = results.get("volunteers") or {}
    n, active = number(team.get("n")), number(team.get("active"))
    if n is not None and active is not None:
        spoils.take("who left: all minus active", n - active)
    for table in team.get("by_group") or ():
        sizes = [number(g["n"]) for g in table["groups"]]
        hidden = sum(size is None for size in sizes)
        if n is not None and hidden:
            left = n - sum(size for size in sizes if size is not None)
            name = "size of a hidden volunteer group" if hidden == 1 else "union of hidden groups"
            spoils.take(name, left)
    hours = team.get("hours") or {}
    top, total = estimate_of(hours.get("top10_share")), number(hours.get("total"))
    if top is not None and total is not None:
        carriers = math.ceil(top[1] / 10)
        if math.isclose(top[0] * total, np.sort(truth.hours)[::-1][:carriers].sum(), rel_tol=1e-6):
            spoils.take("hours of the busiest: top share × total", carriers)
    last = [s for s in team.get("returned", {}).values() if estimate_of(s)]
    counts = sorted(round(s["n"]) for s in last)
    for a, b in pairwise(counts):
        spoils.take("people between two horizons", b - a)


def attack_sessions(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Attendances in total minus those of the sessions and months shown."""
    came = results.get("participation") or {}
    total = number(came.get("contacts"))
    for name, key in (("per_session", "attended"), ("per_period", "contacts")):
        sizes = [number(row[key]) for row in came.get(name) or ()]
        for size in sizes:
            spoils.take(f"attendances of few: {name}", size or 0)
        if total is not None and sizes and any(size is None for size in sizes):
            left = total - sum(size for size in sizes if size is not None)
            spoils.take(f"attendances by subtraction: {name}", left)


def attack_by_programming(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Bound every hidden answer count from the counts shown and the number who answered."""
    for row in results.get("items") or ():
        shown = [number(n) for n in row["counts"].values()]
        n, free = number(row["n"]), [i for i, one in enumerate(shown) if one is None]
        if n is None or not free:
            continue
        rest = n - sum(one for one in shown if one is not None)
        rows, totals = [np.ones(len(free))], [rest]
        mean = number(row["mean"])
        values = [float(re.match(r"[\d.]+", k)[0]) for k in row["counts"]]  # type: ignore[index]
        if mean is not None:
            rows.append(np.array([values[i] for i in free]))
            fixed = sum(v * one for v, one in zip(values, shown, strict=True) if one is not None)
            totals.append(mean * n - fixed)
        for at in range(len(free)):
            goal = np.eye(len(free))[at]
            ends = [
                linprog(s * goal, A_eq=np.array(rows), b_eq=totals, method="highs").fun
                for s in (1, -1)
            ]
            if None in ends:
                continue
            low, high = math.ceil(ends[0] - 1e-6), math.floor(-ends[1] + 1e-6)
            if 0 < low <= high < LEAST:
                spoils.take("answers by linear programming", low)


def attack_targets(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """Values that targets are held against: of a wave's scores, or of a change."""
    own = truth.treated if truth.treated is not None else np.ones(truth.codes.size, bool)
    for target in results.get("targets") or ():
        measure, *rest = target["indicator"].split(".")
        if measure not in MEASURES:
            continue
        waves = {
            "actual": (truth.waves[0], truth.waves[-1]) if rest == ["change"] else rest[:1],
            "baseline": truth.waves[:1],
        }
        given = {
            "actual": estimate_of(target["actual"]) is not None,
            "baseline": number(target["baseline"]) is not None,
        }
        for part in (name for name in waves if given[name]):
            scored = [np.isfinite(truth.scores(measure, wave)) for wave in waves[part]]
            people = int((own & np.logical_and.reduce(scored)).sum())
            spoils.take(f"target about few: {part}", people, target["indicator"])


def attack_file(results: Mapping[str, Any], truth: Truth) -> Spoils:
    """Run every attack of this file."""
    spoils = Spoils()
    attack_answers(results, spoils)
    attack_activities(results, spoils)
    attack_dose(results, spoils)
    attack_groups(results, spoils)
    attack_counts(results, spoils)
    attack_team(results, truth, spoils)
    attack_sessions(results, spoils)
    attack_targets(results, truth, spoils)
    attack_by_programming(results, spoils)
    return spoils
