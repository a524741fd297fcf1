#!/usr/bin/env python3
"""Read a made-up workbook of 200,000 × 60 cells; peak memory of caller and reading process.

    python benchmarks/read_large.py              200,000 rows
    python benchmarks/read_large.py --rows 20000 --beside

``--beside`` opens the same file with pandas and openpyxl too, and prints the ratio. Memory is the
proportional set size of both processes added (Linux): shared pages count once.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import statistics
import sys
import threading
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from analysis import read_study
from analysis.intake.tables.survey_tool import read_tables
from benchmarks.evaluate_surveys import study_plan

ITEMS = 58


def write_book(rows: int) -> bytes:
    """Write a workbook: code, site, items 1–5; the rows as text, since a writer takes minutes."""
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    names = [get_column_letter(at + 1) for at in range(ITEMS + 2)]
    texts = '<c r="%s{row}" t="inlineStr"><is><t>%%s</t></is></c>'
    head = "".join(texts % name for name in names).format(row=1)
    line = (texts * 2) % (names[0], names[1])
    line += "".join(f'<c r="{name}{{row}}"><v>%d</v></c>' for name in names[2:])
    draw = random.Random(5)
    made = io.BytesIO()
    with (
        zipfile.ZipFile(empty) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w") as sheet:
            main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            titles = head % ("code", "site", *(f"q{at + 1}" for at in range(ITEMS)))
            start = f'<worksheet xmlns="{main}"><sheetData><row r="1">{titles}</row>'
            sheet.write(start.encode())
            for at in range(rows):
                answers = draw.choices(range(1, 6), k=ITEMS)
                told = line.format(row=at + 2) % (f"P{at:06d}", f"S{at % 5}", *answers)
                sheet.write(f'<row r="{at + 2}">{told}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
    return made.getvalue()


class Peak(threading.Thread):
    """Follows the memory of this process and of those it started."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.both = self.own = self.children = 0.0
        self.is_over = False

    def run(self) -> None:
        """Sample four times a second."""
        while not self.is_over:
            tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            started = [pid for task in tasks for pid in task.read_text().split()]
            own, children = megabytes(str(os.getpid())), sum(map(megabytes, started))
            self.both = max(self.both, own + children)
            self.own, self.children = max(self.own, own), max(self.children, children)
            time.sleep(0.25)


def megabytes(pid: str) -> float:
    """Proportional set size of a process; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def compare_opening(data: bytes) -> None:
    """Open the file three times with each, in turns; print the medians and their ratio."""
    ours, theirs = [], []
    for _ in range(3):
        start = time.perf_counter()
        (table,) = read_tables({"pre.xlsx": data}).values()
        middle = time.perf_counter()
        plain = pd.read_excel(io.BytesIO(data), engine="openpyxl")
        theirs.append(time.perf_counter() - middle)
        ours.append(middle - start)
        if len(table.row_numbers) != len(plain):  # type: ignore[union-attr]
            raise SystemExit("the two read different rows")
    own, other = statistics.median(ours), statistics.median(theirs)
    print(
        f"opened in {own:.1f} s, by pandas and openpyxl in {other:.1f} s: ratio {own / other:.2f}"
    )


def main() -> None:
    """Print seconds and megabytes."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--rows", type=int, default=200_000)
    ask.add_argument("--beside", action="store_true")
    asked = ask.parse_args()
    data = write_book(asked.rows)
    if asked.beside:
        compare_opening(data)
    plan = study_plan(ITEMS)
    told: list[float] = []
    peak = Peak()
    peak.start()
    start = time.perf_counter()
    one = plan.survey.files[0] if plan.survey else None
    survey = plan.survey.model_copy(update={"files": [one]}) if plan.survey else None
    study = read_study(
        plan.model_copy(update={"survey": survey}),
        {"pre.xlsx": data},
        lambda _, share: told.append(share),
    )
    took = time.perf_counter() - start
    peak.is_over = True
    print(f"{len(study.survey.keys) if study.survey else 0:,} rows, {len(data) / 1e6:.0f} MB")
    print(f"read in {took:.1f} s; progress told {len(told)} times, last {max(told, default=0):.2f}")
    print(f"peak {peak.both:.0f} MB: this process {peak.own:.0f}, reading {peak.children:.0f}")


if __name__ == "__main__":
    main()
