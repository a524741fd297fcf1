"""Attacks what Levee releases: who can be known from it by subtraction?

``python benchmarks/attack_results.py [--studies 500] [--media json,html,…] [--first SEED]`` draws
studies of 14 to 220 people, writes them for the evaluator ("before") and for the funder
("after"), and attacks both. The attacker knows the field names and the words of a report, and
nothing of the code that protects: this file never imports it.

From a results file the attacker reads directly, subtracts nested totals, and bounds what is
hidden by linear programming. What he recovers is compared with the truth of the made data, so
that a lucky guess does not count. Documents, pages and figures are searched for the same values.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis import evaluate
from analysis.study import Study, SurveyData
from analysis.study_file import plan_from_dict

LEAST = 5
MEDIA = ("json", "xlsx", "docx", "pptx", "pdf", "html", "figures")
MEASURE = "trust"
ITEMS = ("q1", "q2", "q3", "q4")


@dataclass(frozen=True, slots=True)
class Truth:
    """The made data as the attacker is checked against: one entry per person."""

    pre: np.ndarray
    post: np.ndarray
    sex: np.ndarray
    age: np.ndarray
    sessions: np.ndarray
    hours: np.ndarray
    roles: np.ndarray


@dataclass(slots=True)
class Spoils:
    """What was recovered: cells by attack, and the people in them."""

    cells: Counter[str] = field(default_factory=Counter)
    people: int = 0

    def take(self, attack: str, people: float) -> None:
        """Count one recovered number about 1 to LEAST − 1 people."""
        n = round(people)
        if 0 < n < LEAST:
            self.cells[attack] += 1
            self.people += n


def draw_study(seed: int) -> tuple[Study, Truth]:
    """Draw a study of people who answer, come, volunteer; some of each are missing."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(14, 221))
    level, codes = rng.normal(3, 0.7, n), np.array([f"P{i:03}" for i in range(n)])
    gain = rng.normal(0.4, 0.5, n)

    def answers(shift: np.ndarray) -> np.ndarray:
        noise = rng.normal(0, 0.6, (n, len(ITEMS)))
        return np.clip(np.round(level[:, None] + shift[:, None] + noise), 1, 5)

    before, after = answers(np.zeros(n)), answers(gain)
    for block in (before, after):
        block[rng.random(block.shape) < 0.01] = np.nan
    here = rng.random(n) < rng.choice([0.9, 0.97, 1.0])
    there = rng.random(n) < rng.choice([0.7, 0.9, 0.97])
    sex = rng.choice(["f", "m", "x"], n, p=[0.55, 0.4, 0.05])
    age = rng.choice(["18-35", "36-59", "60+"], n, p=[0.5, 0.4, 0.1])
    sessions = rng.poisson(3, n)
    rows = np.concatenate([np.flatnonzero(here), np.flatnonzero(there)])
    keys = pd.DataFrame({
        "respondent": codes[rows],
        "wave": ["pre"] * int(here.sum()) + ["post"] * int(there.sum()),
    })  # fmt: skip
    if rng.random() < 0.4:
        keys["treated"] = rows % 2 == 0
        keys["group"] = np.where(rows % 2 == 0, "T", "C")
    items = np.vstack([before[here], after[there]])
    categories = pd.DataFrame({"sex": sex[rows], "age": age[rows]})
    attended = [
        (code, f"S{k}", f"2026-0{1 + k // 3}-{10 + k % 3}")
        for code, times in zip(codes, sessions, strict=True)
        for k in sorted(rng.choice(9, min(int(times), 9), replace=False))
    ]
    attendance = pd.DataFrame(attended, columns=["person", "session", "date"])
    attendance["date"] = pd.to_datetime(attendance["date"])
    team = int(rng.integers(6, 40))
    joined = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, team), unit="D")
    left = joined + pd.to_timedelta(rng.integers(20, 400, team), unit="D")
    roles = rng.choice(["core", "lead", "helper"], team, p=[0.7, 0.1, 0.2])
    hours = rng.gamma(2, 3, team).round(1)
    volunteers = pd.DataFrame({
        "volunteer": [f"V{i}" for i in range(team)], "joined": joined,
        "left": left.where(left < pd.Timestamp("2026-03-01")), "role": roles,
    })  # fmt: skip
    service = pd.DataFrame({
        "volunteer": volunteers["volunteer"], "hours": hours,
        "date": joined + pd.Timedelta(days=3), "activity": rng.choice(["patrol", "calls"], team),
    })  # fmt: skip
    plan = plan_from_dict({
        "study": {"min_group": LEAST},
        "survey": {"waves": ["pre", "post"], "respondent": "code", "disaggregate": ["sex", "age"]},
        "measures": [{"name": MEASURE, "kind": "scale", "range": [1, 5], "items": list(ITEMS),
                      "role": "primary", "min_answered": 1}],
        "attendance": {"path": "a.csv", "person": "person", "session": "session"},
        "volunteers": {"path": "v.csv", "volunteer": "volunteer", "joined": "joined",
                       "role": "role", "groups": ["role"]},
        "service": {"path": "s.csv", "volunteer": "volunteer", "date": "date"},
    })  # fmt: skip
    study = Study(
        plan=plan,
        survey=SurveyData(
            keys=keys, categories=categories, texts={},
            items={MEASURE: pd.DataFrame(items, columns=list(ITEMS))},
        ),
        attendance=attendance, volunteers=volunteers, service=service,
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        scored = [np.where(seen, np.nanmean(block, axis=1), np.nan)
                  for block, seen in ((before, here), (after, there))]  # fmt: skip
    return study, Truth(scored[0], scored[1], sex, age, sessions, hours, roles)


def number(value: Any) -> float | None:
    """A number of a results file; None when it is missing or withheld."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every record and list of a results file with its path."""
    yield path, value
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from walk(one, f"{path}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from walk(one, f"{path}[]")


def estimate_of(record: Any) -> tuple[float, float] | None:
    """Estimate and n of a record, when both are given."""
    if not isinstance(record, Mapping):
        return None
    value, n = number(record.get("estimate")), number(record.get("n"))
    return None if value is None or n is None else (value, n)


def attack_answers(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Means, shares and counts of the survey printed for 1 to 4 people."""
    sections = ("outcomes", "attrition", "comparison", "scoring", "reliability", "dose")
    for name in sections:
        for path, record in walk(results.get(name) or []):
            found = estimate_of(record)
            if found is not None:
                spoils.take(f"mean of few: {name}{path}".split("[")[0], found[1])
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


def outcome_of(results: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next(iter(results.get("outcomes") or ()), None)


def attack_waves(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """Sum of everyone in a wave minus sum of the matched: those in one wave only."""
    outcome = outcome_of(results)
    if outcome is None or results.get("comparison"):
        return
    both = np.isfinite(truth.pre) & np.isfinite(truth.post)
    for wave, level, scores in zip(
        ("pre", "post"), outcome["levels"], (truth.pre, truth.post), strict=False
    ):
        row = next((r for r in results["scoring"] if r["wave"] == wave), None)
        known = estimate_of(level)
        mean, n = (number((row or {}).get(key)) for key in ("mean", "n"))
        if known is None or mean is None or n is None:
            continue
        gone = scores[np.isfinite(scores) & ~both]
        total = mean * n - known[0] * known[1]
        if gone.size and math.isclose(total, gone.sum(), abs_tol=1e-6):
            spoils.take("scores of the unmatched: wave minus matched", gone.size)


def attack_dose(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Change of all minus change at each number of sessions: who is in no point."""
    outcome = outcome_of(results)
    dose = next(iter(results.get("dose") or ()), None)
    pairs = [a for a in (outcome or {}).get("analyses", ()) if a.get("name") == "paired_t"]
    whole = estimate_of(pairs[0]) if pairs else None
    if dose is None or whole is None:
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
                (r for r in results.get("attrition") or ()
                 if (r["variable"], r["level"], r["group"]) == (table["by"], group["value"], "")),
                None,
            )  # fmt: skip
            share = estimate_of(row["stayed"]) if row else None
            if share is not None and share[1] == whole:
                spoils.take("group by the attrition table", share[0] * share[1])


def attack_counts(results: Mapping[str, Any], spoils: Spoils) -> None:
    """Numbers of people of which one includes the other: their difference."""
    flow, outcome = results.get("flow") or {}, outcome_of(results)
    if outcome is None or results.get("comparison"):
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
    from scipy.optimize import linprog

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


def attack_file(results: Mapping[str, Any], truth: Truth) -> Spoils:
    """Run every attack on one results file."""
    spoils = Spoils()
    attack_answers(results, spoils)
    attack_activities(results, spoils)
    attack_waves(results, truth, spoils)
    attack_dose(results, spoils)
    attack_groups(results, spoils)
    attack_counts(results, spoils)
    attack_team(results, truth, spoils)
    attack_sessions(results, spoils)
    attack_by_programming(results, spoils)
    return spoils


def text_of(name: str, content: bytes) -> str:
    """All words and numbers of a document, as a reader or a program sees them."""
    if name in ("xlsx", "docx", "pptx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = [parts.read(n).decode("utf-8", "replace") for n in parts.namelist()
                     if n.endswith((".xml", ".rels"))]  # fmt: skip
        return re.sub(r"<[^>]+>", " ", " ".join(found))
    if name == "pdf":
        import pypdf  # only where it is installed

        reader = pypdf.PdfReader(io.BytesIO(content))
        return " ".join(page.extract_text() for page in reader.pages)
    return content.decode("utf-8", "replace")


def secrets_of(results: Mapping[str, Any]) -> set[str]:
    """Numbers at full precision that the evaluator's file gives for 1 to 4 people."""
    found = set()
    for name in ("outcomes", "attrition", "comparison", "dose"):
        for _, record in walk(results.get(name) or []):
            one = estimate_of(record)
            if one is not None and 0 < one[1] < LEAST and len(repr(one[0])) > 8:
                found.add(repr(one[0])[:10])
    for row in ((results.get("volunteers") or {}).get("hours") or {}).get("per_person") or ():
        if len(repr(row)) > 8:
            found.add(repr(row)[:10])
    return found


def attack_document(name: str, content: bytes, secrets: set[str]) -> Spoils:
    """Search a document for numbers about few people."""
    spoils, text = Spoils(), text_of(name, content)
    for one in secrets:
        if one in text:
            spoils.take(f"number about few in {name}", 1)
    return spoils


def list_media(media: set[str]) -> dict[str, Callable[..., bytes]]:
    """Writers of the documents that are attacked."""
    from dashboard.exports.brief import write_brief
    from dashboard.exports.document import write_document
    from dashboard.exports.slides import write_slides
    from dashboard.exports.web_page import write_web_page
    from dashboard.exports.workbook import write_workbook

    writers = {"xlsx": write_workbook, "docx": write_document, "pptx": write_slides,
               "pdf": write_brief, "html": write_web_page, "figures": write_figures}  # fmt: skip
    return {name: writer for name, writer in writers.items() if name in media}


def write_figures(evaluation: Any, study: Study, text: Any, audience: str = "funder") -> bytes:
    """The data behind every figure of the report's pages, as Plotly sends them to a browser."""
    from dashboard.exports.report import build_report

    report = build_report(evaluation, study, text, audience)  # type: ignore[arg-type]
    figures = [p.figure().to_json() for s in report.sections for p in s.pictures if p.figure]
    return "\n".join(figures).encode()


def attack_study(seed: int, media: set[str]) -> tuple[Spoils, Spoils, Mapping[str, float]]:
    """Attack one study before and after protection; give also what protecting it cost."""
    from dashboard.exports.gateway import share_evaluation
    from dashboard.exports.results_file import write_results
    from dashboard.text import Text

    study, truth = draw_study(seed)
    inside = evaluate(study)
    outside = share_evaluation(inside, study)
    before = json.loads(write_results(inside))
    after = json.loads(write_results(outside))
    found = [attack_file(results, truth) for results in (before, after)]
    secrets = secrets_of(before)
    for name, write in list_media(media).items():
        for spoils, evaluation, audience in zip(
            found, (inside, outside), ("evaluator", "funder"), strict=True
        ):
            content = write(evaluation, study, Text("en"), audience)
            more = attack_document(name, content, secrets)
            spoils.cells.update(more.cells)
            spoils.people += more.people
    n = int((np.isfinite(truth.pre) | np.isfinite(truth.post)).sum())
    headline = outcome_of(after)
    return (
        found[0],
        found[1],
        {
            "n": n,
            "cells": after["disclosure"]["cells"],
            "hidden": after["disclosure"]["hidden"],
            "headline": headline is not None and number(headline["change"]["estimate"]) is not None,
        },
    )


def main() -> int:
    """Attack the studies and print what was recovered; 1 when anything was after protection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--media", default="json")
    arguments = parser.parse_args()
    media = set(MEDIA if arguments.media == "all" else arguments.media.split(","))
    totals, costs = (Spoils(), Spoils()), []
    for seed in range(arguments.first, arguments.first + arguments.studies):
        *both, cost = attack_study(seed, media)
        costs.append(cost)
        for total, spoils in zip(totals, both, strict=True):
            total.cells.update(spoils.cells)
            total.people += spoils.people
    print(f"{arguments.studies} studies, media: {', '.join(sorted(media))}\n")
    print(f"{'attack':<58}{'before':>8}{'after':>8}")
    for name, n in totals[0].cells.most_common():
        print(f"{name:<58}{n:>8}{totals[1].cells[name]:>8}")
    for name in sorted(set(totals[1].cells) - set(totals[0].cells)):
        print(f"{name:<58}{0:>8}{totals[1].cells[name]:>8}")
    for word, spoils in zip(("before", "after"), totals, strict=True):
        print(f"{word}: {sum(spoils.cells.values())} cells, {spoils.people} people")
    large = [c for c in costs if c["n"] >= 40]
    print(
        f"withheld: {sum(c['hidden'] for c in costs) / sum(c['cells'] for c in costs):.1%} of cells"
    )
    if large:
        kept = sum(bool(c["headline"]) for c in large)
        print(f"headline given in {kept} of {len(large)} studies with n ≥ 40 "
              f"({kept / len(large):.1%})")  # fmt: skip
    return int(sum(totals[1].cells.values()) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
