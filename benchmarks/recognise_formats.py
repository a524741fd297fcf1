#!/usr/bin/env python3
"""Formats × (recognised, header rows, encoding, columns right, statistics equal) over real files.

    python benchmarks/recognise_formats.py FOLDER      or LEVEE_SHARED_DATA=FOLDER

Every file below FOLDER is opened untouched. "Columns right" counts the answered columns whose
proposed role is the one in ``tests/intake/column_keys.toml``, made by hand. "Statistics equal"
proposes a study from the files alone, evaluates it, and compares the paired analysis with the
folder's reference: ``expected.json`` to the digits it gives, ``truth_long.csv`` and
``reference.json`` to 1e-9; in brackets the largest difference. Of the panel only the rule that
three answers are enough for a score is set by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis import evaluate, read_study  # noqa: E402
from analysis.errors import IntakeError  # noqa: E402
from analysis.intake.model import Table  # noqa: E402
from analysis.intake.propose.proposal import propose_study  # noqa: E402
from analysis.intake.tables.survey_tool import read_tables  # noqa: E402
from analysis.plan import parse_plan  # noqa: E402
from tests.intake.column_keys import is_right, judged_columns, key_of  # noqa: E402

SPREADSHEETS = frozenset({".xlsx", ".xls", ".csv"})
WAVES = (("_pre", "_post"), ("386540716", "386540717"))
SURVEYS = {
    "earthquake_data.csv": "earthquake.toml",
    "data_20170701.csv": "carpentries.toml",
    "educationR_German_tbl_df.csv": "german_course.toml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One file of the table."""

    file: str
    format: str
    confidence: float
    header_rows: str
    encoding: str
    right: int | None
    columns: int
    equal: str


def read_folder(folder: Path) -> Iterator[Line]:
    """Every spreadsheet of one folder, read together so that dictionaries serve."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in SPREADSHEETS)
    files = {path.name: path.read_bytes() for path in paths}
    for name, table in read_tables(files).items():
        if isinstance(table, IntakeError):
            yield Line(
                file=name,
                format=table.code,
                confidence=0,
                header_rows="",
                encoding="",
                right=None,
                columns=0,
                equal="",
            )
        else:
            yield _line(folder, files, table)


def _line(folder: Path, files: Mapping[str, bytes], table: Table) -> Line:
    key = key_of(table.file)
    judged = list(judged_columns(table, key)) if key else []
    right = sum(is_right(told, role) for _, told, role, _ in judged)
    return Line(
        file=table.file,
        format=table.format,
        confidence=table.confidence,
        header_rows=",".join(map(str, table.header_rows)),
        encoding=table.encoding or "in the file",
        right=right if key else None,
        columns=len(judged),
        equal=_equal(folder, files, table.file),
    )


def _equal(folder: Path, files: Mapping[str, bytes], name: str) -> str:
    if (folder / "expected.json").exists():
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        wanted = {"estimate": expected["mean_diff"], "statistic": expected["t"]}
        got = panel_numbers({one: files[one] for one in waves_of(name, files)})
        rounded = _compare(wanted, got)
        truth = panel_numbers({"truth_long.csv": files["truth_long.csv"]})
        return rounded if rounded.startswith("NO") else _compare(truth, got)
    if name in SURVEYS:
        reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
        paired = (reference.get("general_vs_bigone_same_people") or reference)["paired"]
        wanted = {"statistic": paired["t_test_post_minus_pre"]["statistic"]}
        return _compare(wanted, survey_numbers(SURVEYS[name], {name: files[name]}))
    return "–"


def waves_of(name: str, files: Mapping[str, bytes]) -> list[str]:
    """The files of one panel: this one and that of its other wave."""
    for first, second in WAVES:
        for here, there in ((first, second), (second, first)):
            if here in name:
                start, end = name.split(here)[0], Path(name).suffix
                others = [
                    one
                    for one in files
                    if there in one and one.startswith(start) and one.endswith(end)
                ]
                return [name, *others[:1]]
    return [name]


def panel_numbers(files: Mapping[str, bytes]) -> dict[str, float]:
    """Propose, read and evaluate; the paired t-test of the one scale."""
    plan = propose_study(files)
    scales = [m.model_copy(update={"min_answered": 3}) for m in plan.measures if m.kind == "scale"]
    return _paired(plan.model_copy(update={"measures": scales}), files)


def survey_numbers(plan_name: str, files: Mapping[str, bytes]) -> dict[str, float]:
    """Evaluate with a study file kept beside the tests."""
    text = (ROOT / "tests" / "real" / plan_name).read_text(encoding="utf-8")
    return _paired(parse_plan(text, plan_name), files)


def _paired(plan, files: Mapping[str, bytes]) -> dict[str, float]:
    outcome = evaluate(read_study(plan, files)).outcomes[0]
    paired = next(one for one in outcome.analyses if one.name == "paired_t")
    return {"estimate": paired.estimate, "statistic": paired.statistic}


def _compare(wanted: Mapping[str, float], got: Mapping[str, float]) -> str:
    worst = max(abs(got[name] - value) for name, value in wanted.items())
    digits = min(len(str(value).partition(".")[2]) for value in wanted.values())
    within = max(1e-9, 0.5 * 10**-digits)
    return f"yes ({worst:.0e})" if worst <= within else f"NO ({worst:.0e})"


def main() -> None:
    """Print the table and the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("LEVEE_SHARED_DATA"))
    folder = parser.parse_args().folder
    if not folder:
        parser.error("give the folder of real files, or set LEVEE_SHARED_DATA")
    within = {path.parent for path in Path(folder).rglob("*") if path.suffix in SPREADSHEETS}
    lines = [line for one in sorted(within) for line in read_folder(one)]
    print(f"{'file':44} {'recognised':20} {'header':8} {'encoding':11} {'columns':>9}  statistics")
    for line in lines:
        told = f"{line.right}/{line.columns}" if line.right is not None else "–"
        known = f"{line.format} {line.confidence:.2f}"
        print(
            f"{line.file[:44]:44} {known:20} {line.header_rows:8} {line.encoding:11} "
            f"{told:>9}  {line.equal}"
        )
    judged = [line for line in lines if line.right is not None]
    right, columns = sum(line.right for line in judged), sum(line.columns for line in judged)
    print(f"\n{len(lines)} files; {right} of {columns} columns right ({right / columns:.1%})")


if __name__ == "__main__":
    main()
