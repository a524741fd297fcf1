#!/usr/bin/env python3
"""Read and evaluate made-up surveys of three sizes; ratios against a plain script in the same run.

    python benchmarks/evaluate_surveys.py            300 × 40, 5,000 × 60, 50,000 × 60
    python benchmarks/evaluate_surveys.py --quick    the first two
    python benchmarks/evaluate_surveys.py --statistics    single numbers beside scipy, pingouin

The plain script is what an analyst would write: pandas with openpyxl, matching on the code, mean
of the items, paired t and signed rank for each measure. Levee does that and everything else
(flow, all analyses, effect sizes, reliability, items, attrition, cautions).

``--statistics`` times single statistics on the same answers: Levee, a plain scipy or numpy call,
and pingouin (GPL-3, therefore in an environment of its own that the command makes in a temporary
folder and removes). Without a network the pingouin column says so.
"""

from __future__ import annotations

import argparse
import sys
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis import Study, evaluate, read_study
from analysis.plan import StudyPlan, plan_from_dict
from analysis.sections import COMPUTED
from benchmarks.against_pingouin import compare_statistics

SCENARIOS = ((300, 40), (5_000, 60), (50_000, 60))
ITEMS_A_MEASURE = 10


def write_wave(n: int, items: int, shift: float, rng: np.random.Generator) -> bytes:
    """Write one wave as a workbook: code, site, items 1–5."""
    level = np.random.default_rng(5).normal(0, 1, n)[:, None] + shift
    noisy = level + rng.normal(0, 1, (n, items))
    answers = 1 + np.digitize(noisy, [-1.2, -0.3, 0.6, 1.6])
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["code", "site", *(f"q{i + 1}" for i in range(items))])
    for row in range(n):
        sheet.write_row(row + 1, 0, [f"P{row:06d}", f"S{row % 5}", *answers[row].tolist()])
    book.close()
    return buffer.getvalue()


def study_plan(items: int) -> StudyPlan:
    """A plan with ten items a measure."""
    names = [f"q{i + 1}" for i in range(items)]
    measures = [
        {
            "name": f"m{i // ITEMS_A_MEASURE + 1}",
            "items": names[i : i + ITEMS_A_MEASURE],
            "range": [1, 5],
            "role": "primary" if i == 0 else "secondary",
            "important_difference": 0.3,
        }
        for i in range(0, items, ITEMS_A_MEASURE)
    ]
    files = [{"path": f"{wave}.xlsx", "wave": wave} for wave in ("pre", "post")]
    survey = {"respondent": "code", "disaggregate": ["site"], "files": files}
    return plan_from_dict({"survey": survey, "measures": measures})


def plain_script(files: dict[str, bytes], plan: StudyPlan) -> None:
    """Do the bare minimum the usual way."""
    pre, post = (
        pd.read_excel(BytesIO(files[f"{w}.xlsx"]), engine="openpyxl") for w in ("pre", "post")
    )
    both = pre.merge(post, on="code", suffixes=("_pre", "_post"))
    for measure in plan.measures:
        before = both[[f"{i}_pre" for i in measure.items]].mean(axis=1)
        after = both[[f"{i}_post" for i in measure.items]].mean(axis=1)
        stats.ttest_rel(after, before).confidence_interval()
        stats.wilcoxon(after - before)


def evaluate_all(study: Study) -> None:
    """Compute every section; nothing is left to be computed when it is read."""
    evaluate(study, sections=COMPUTED)


def timed(work: object, *args: object) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work(*args)  # type: ignore[operator]
    return time.perf_counter() - start


def main() -> None:
    """Print a table: seconds and ratios."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--quick", action="store_true")
    ask.add_argument("--statistics", action="store_true")
    given = ask.parse_args()
    if given.statistics:
        compare_statistics()
        return
    quick = given.quick
    print("| people × items | read | evaluate | plain script | read ÷ plain | all ÷ plain |")
    print("|---|---|---|---|---|---|")
    for n, items in SCENARIOS[:2] if quick else SCENARIOS:
        rng = np.random.default_rng(n)
        files = {
            f"{w}.xlsx": write_wave(n, items, s, rng) for w, s in (("pre", 0.0), ("post", 0.3))
        }
        plan = study_plan(items)
        study = read_study(plan, files)
        read, done = timed(read_study, plan, files), timed(evaluate_all, study)
        plain = timed(plain_script, files, plan)
        print(
            f"| {n:,} × {items} | {read:.2f} s | {done:.2f} s | {plain:.2f} s "
            f"| {read / plain:.2f} | {(read + done) / plain:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
