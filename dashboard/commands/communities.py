"""``levee evaluate FOLDER --engine …``: many communities with one study file, counted together."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.counts.engines import count_staged, open_engine
from analysis.counts.evaluation import COUNTED_SECTIONS, evaluate_community
from analysis.counts.staging import stage_folder
from analysis.errors import LeveeError, UnreadableFileError
from analysis.plan import StudyPlan
from analysis.portfolio import shorten_result
from dashboard.exports.results_file import write_results
from dashboard.sentences import say_error
from dashboard.text import Text

STAGED, RESULTS = "levee-staged", "levee-results"
UNCOUNTED_TABLES = (
    *("attendance", "delivery", "volunteers", "service"),
    *("funding", "capacity", "strengths", "consultation", "targets"),
)
"""Sections of the study file that are not counted on an engine."""


def evaluate_folder(
    text: Text,
    given: Sequence[Path],
    engine: str,
    output: Path | None,
    tell: Callable[[str, float], None],
) -> int:
    """Evaluate every community of a folder from counts, and write a results file of each.

    Returns
    -------
    int
        0; 2 where some community could not be read, which is said, and the others were evaluated.

    Raises
    ------
    LeveeError
    """
    if len(given) != 1 or not given[0].is_dir():
        raise LeveeError("folder_needed")
    folder, results = given[0], output or given[0] / RESULTS
    with open_engine(engine) as opened:
        plan, staged = stage_folder(folder, folder / STAGED, tell)
        if not staged.communities:
            _say_refused(text, staged.refused)
            raise UnreadableFileError("no_communities", file=str(folder))
        counts = count_staged(opened, plan, staged)
        name = opened.name
    (results / "communities").mkdir(parents=True, exist_ok=True)
    parts, short = counts.by_community(), []
    for done, community in enumerate(staged.communities):
        tell("outcomes", done / len(staged.communities))
        evaluation = evaluate_community(plan, community, parts[community.code], name)
        place = results / "communities" / f"{community.name}.json"
        place.write_bytes(write_results(evaluation))
        short.append(shorten_result(evaluation.to_results()))
    told = {"engine": name, "results": short}
    (results / "portfolio.json").write_text(
        json.dumps(told, ensure_ascii=False, allow_nan=False), encoding="utf-8"
    )
    _say_done(text, plan, len(short), results)
    _say_refused(text, staged.refused)
    return 2 if staged.refused else 0


def _say_done(text: Text, plan: StudyPlan, n: int, results: Path) -> None:
    """Say what was written, and what counts do not serve: never silently."""
    print(text.count("{n} community evaluated.", "{n} communities evaluated.", n))
    print(results / "portfolio.json")
    served = ", ".join(COUNTED_SECTIONS)
    _warn(text("From counts come the sections {sections}, and no others.", sections=served))
    unused = [name for name in UNCOUNTED_TABLES if getattr(plan, name)]
    if unused:
        _warn(
            text(
                "Not counted on an engine yet: {tables}. levee evaluate STUDY.toml evaluates them.",
                tables=", ".join(unused),
            )
        )


def _say_refused(text: Text, refused: Mapping[str, LeveeError]) -> None:
    for name, error in refused.items():
        _warn(f"{name}: {say_error(text, error)}")


def _warn(line: str) -> None:
    print(f"levee: {line}", file=sys.stderr)
