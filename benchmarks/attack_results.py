"""Attacks what Levee releases: who can be known from it by subtraction and by programming?

``python benchmarks/attack_results.py [--studies 500] [--before]``
draws studies of 14 to 220 people, makes what a funder gets and attacks it. The attacker knows the
field names, the words of a report and who could be in a number, and nothing of the code that
protects: this file never imports it but to make the releases.

Every study: results.json read directly, by subtraction, by combining sums and by programming.
``--versions``: of so many studies a second release, with a few people less, after one for the
public. ``--documents``: of so many studies also xlsx, docx, pptx, pdf, html, figures and single
tables as text. ``--views``: of so many studies the parts that filters show. ``--sessions``: of so
many studies everything that funders, managers and the public see and take along in several
sessions, with restarts between, in one of three orders: pages first, a file first, in turn.
``--before`` attacks the evaluator's own file too. ``--keep FILE`` writes each study's result at
once, and goes on where a run ended.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis import evaluate
from analysis.study import Study
from benchmarks.attack.bounds import (
    attack_amounts,
    attack_ends,
    attack_joined_answers,
    attack_months,
    attack_scores,
)
from benchmarks.attack.counts import attack_people_counts
from benchmarks.attack.crowds import crowds_of
from benchmarks.attack.direct import attack_file
from benchmarks.attack.documents import (
    MEDIA,
    attack_document,
    attack_figures,
    hidden_numbers,
    list_media,
    text_of,
)
from benchmarks.attack.linear import attack_raters, attack_sums
from benchmarks.attack.made_studies import Truth, draw_study
from benchmarks.attack.meanings import attack_meanings
from benchmarks.attack.sessions import ORDERS, attack_sessions
from benchmarks.attack.spoils import Spoils, number
from benchmarks.attack.versions import attack_versions, attack_views

_CODE = re.compile(r"\b(?:P\d{3}|VOL-\d\d|RATER-\d\d|Resident-\d\d-\d+)\b")


def attack_results(
    results: Mapping[str, Any],
    before: Mapping[str, Any],
    study: Study,
    truth: Truth,
    *,
    learnt: bool,
) -> Spoils:
    """Run every attack by subtraction; ``before`` is the evaluator's file, to check against.

    The attacker has the digits that rounding takes from every reader: that sums are about many
    people must not hang on them.
    """
    spoils = attack_file(results, truth)
    attack_sums([("file", results, truth)], spoils)
    attack_raters(results, truth, spoils)
    attack_people_counts(results, truth, spoils)
    attack_amounts(results, truth, spoils)
    attack_months(results, before, spoils)
    attack_ends(results, truth, spoils)
    if learnt:
        attack_meanings(results, crowds_of(study, truth), spoils)
    _find_codes("json", json.dumps(results), spoils)
    return spoils


def _find_codes(medium: str, text: str, spoils: Spoils) -> None:
    found = _CODE.search(text)
    if found is not None:
        spoils.take(f"a person's code in {medium}", 1, text[found.start() - 60 : found.end() + 20])


def attack_study(
    seed: int,
    media: set[str],
    *,
    before: bool = True,
    versions: bool = False,
    views: bool = False,
    sessions: str = "",
    learnt: bool = True,
) -> tuple[Spoils, Spoils, dict[str, Any]]:
    """Attack one study before and after protection; give also what protecting it cost.

    ``learnt``: read also the numbers whose meaning the attacker learns from studies of his own.
    """
    from analysis.disclosure import list_costs, protect
    from dashboard.exports.gateway import share_evaluation
    from dashboard.exports.results_file import write_results
    from dashboard.text import Text

    study, truth = draw_study(seed)
    inside = evaluate(study)
    outside = share_evaluation(inside, study)
    whole = protect(inside, study, "funder", rounded=False)
    own, given, exact = (json.loads(write_results(one)) for one in (inside, outside, whole))
    unprotected = attack_results(own, own, study, truth, learnt=learnt) if before else Spoils()
    spoils = attack_results(exact, own, study, truth, learnt=learnt)
    attack_scores(own, given, spoils)
    attack_joined_answers(own, given, truth, spoils)
    hidden = hidden_numbers(own, given)
    for name, write in list_media(media).items():
        content = write(outside, study, Text("en"), "funder")
        attack_document(name, content, hidden, spoils)
        _find_codes(name, text_of(name, content), spoils)
        if name == "figures":
            attack_figures(content, spoils)
    shown, asked = attack_views(study, truth, spoils, inside) if views else (0, 0)
    if versions:
        attack_versions(study, truth, np.random.default_rng(seed), spoils, inside)
    opened, wanted = 0, 0
    if sessions:
        rng = np.random.default_rng([seed, 2])
        opened, wanted = attack_sessions(study, truth, rng, spoils, sessions)
    seen = {"views": shown, "asked": asked, "sessions": opened, "wanted": wanted}
    costs = list_costs(inside, outside)
    return unprotected, spoils, {**_cost(given, truth), "costs": costs, **seen}


def _cost(given: Mapping[str, Any], truth: Truth) -> dict[str, Any]:
    # Of three waves the first change is not the one that speaks for the measure.
    headline = next((o for o in given.get("outcomes") or () if o["main"]), None)
    answered = np.logical_or.reduce(list(truth.answered.values()))
    return {
        # Those the headline is about: with a comparison group, the programme's people.
        "n": int((answered if truth.treated is None else answered & truth.treated).sum()),
        "cells": given["disclosure"]["cells"],
        "hidden": given["disclosure"]["hidden"],
        "headline": headline is not None and number(headline["change"]["estimate"]) is not None,
    }


def run_study(seed: int, at: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Attack the study with this number; plain values that can be kept."""
    media = set(MEDIA if arguments.media == "all" else arguments.media.split(","))
    documents = media if at < arguments.documents else media & {"json"}
    unprotected, spoils, cost = attack_study(
        seed,
        documents,
        before=arguments.before,
        versions=at < arguments.versions,
        views=at < arguments.views,
        sessions=ORDERS[at % len(ORDERS)] if at < arguments.sessions else "",
    )
    return {
        "seed": seed,
        "documents": at < arguments.documents,
        "versions": at < arguments.versions,
        "before": dict(unprotected.cells),
        "after": dict(spoils.cells),
        "people": [unprotected.people, spoils.people],
        "examples": spoils.examples,
        "cost": cost,
    }


def print_table(rows: Sequence[Mapping[str, Any]]) -> int:
    """Print what was recovered and what protection cost; the number of cells after it."""
    names = sorted({name for row in rows for side in ("before", "after") for name in row[side]})
    documents = sum(row["documents"] for row in rows)
    views = sum(row["cost"]["asked"] > 0 for row in rows)
    versions = sum(row["versions"] for row in rows)
    sessions = sum(row["cost"]["wanted"] > 0 for row in rows)
    print(
        f"{len(rows)} studies: results.json of each; {versions} also in two releases; "
        f"{documents} also as {', '.join(MEDIA)}; {views} also through filters; {sessions} also in "
        f"several sessions with restarts ({', '.join(ORDERS)})\n"
    )
    sums = {
        side: {name: sum(row[side].get(name, 0) for row in rows) for name in names}
        for side in ("before", "after")
    }
    print(f"{'attack':<66}{'before':>8}{'after':>8}")
    for name in sorted(names, key=lambda one: -sums["before"][one]):
        print(f"{name:<66}{sums['before'][name]:>8}{sums['after'][name]:>8}")
    for at, side in enumerate(("before", "after")):
        people = sum(row["people"][at] for row in rows)
        print(f"{side}: {sum(sums[side].values())} cells, {people} people")
    for row in rows:
        for name, example in row["examples"].items():
            print(f"  {row['seed']}: {name}: {example}")
    _print_cost([row["cost"] for row in rows])
    return sum(sums["after"].values())


def _print_cost(costs: Sequence[Mapping[str, Any]]) -> None:
    hidden, cells = (sum(cost[key] for cost in costs) for key in ("hidden", "cells"))
    print(f"withheld: {hidden / cells:.1%} of cells")
    found: Counter[tuple[str, str]] = Counter()
    for cost in costs:
        for page, kind, n, withheld in cost["costs"]:
            found[f"{page}, {kind}", "cells"] += n
            found[f"{page}, {kind}", "hidden"] += withheld
    for name in dict.fromkeys(name for name, _ in found):
        n, withheld = found[name, "cells"], found[name, "hidden"]
        print(f"  {name:<24} {withheld:>8} of {n:>8} ({withheld / n:.0%})")
    shown, asked = (sum(cost[key] for cost in costs) for key in ("views", "asked"))
    if asked:
        print(f"filters: {shown} of {asked} parts shown")
    shown, asked = (sum(cost[key] for cost in costs) for key in ("sessions", "wanted"))
    if asked:
        print(f"sessions: a headline on {shown} of {asked} pages and files")
    large = [cost for cost in costs if cost["n"] >= 40]
    if large:
        kept = sum(bool(cost["headline"]) for cost in large)
        print(
            f"headline given in {kept} of {len(large)} studies with n ≥ 40 "
            f"({kept / len(large):.1%})"
        )


def main() -> int:
    """Attack the studies and print what was recovered; 1 when anything was after protection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--first", type=int, default=100, help="seed of the first study")
    parser.add_argument("--media", default="all", help=f"json or some of {','.join(MEDIA)}")
    parser.add_argument("--documents", type=int, default=60, help="studies in every medium")
    parser.add_argument("--views", type=int, default=60, help="studies seen through filters")
    parser.add_argument("--versions", type=int, default=200, help="studies with two releases")
    parser.add_argument("--sessions", type=int, default=60, help="studies in several sessions")
    parser.add_argument("--before", action="store_true", help="attack the evaluator's file too")
    parser.add_argument("--keep", type=Path, help="file of results so far")
    arguments = parser.parse_args()
    kept = arguments.keep
    told = kept.read_text().splitlines() if kept and kept.exists() else []
    rows = {row["seed"]: row for row in map(json.loads, told)}
    for at in range(arguments.studies):
        seed = arguments.first + at
        if seed in rows:
            continue
        rows[seed] = run_study(seed, at, arguments)
        if kept:
            with kept.open("a") as stream:
                stream.write(json.dumps(rows[seed]) + "\n")
    wanted = range(arguments.first, arguments.first + arguments.studies)
    return int(print_table([rows[seed] for seed in wanted]) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
