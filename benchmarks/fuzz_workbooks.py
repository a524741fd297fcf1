"""Mutate valid workbooks and open them: nothing may escape but an ``IntakeError``.

Run ``python benchmarks/fuzz_workbooks.py --mutants 10000 --seed 1``. Each mutant is opened in the
reading process; the table printed counts opened files and refusals by code. Exit status 1 when
anything else happened.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import random
import re
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import openpyxl
import xlwt

from analysis.errors import IntakeError
from analysis.intake.model import Workbook
from analysis.intake.sandbox.workbook import open_workbooks
from analysis.intake.tables.survey_tool import recognise_table

HEADERS = (
    ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、编号", "2、题"],
    ["ID", "Start time", "Completion time", "Email", "Name", "Code", "Q1", "Q2"],
    ["Timestamp", "Code", "Q [a]", "Q [b]", "Any comments?", "x", "y", "z"],
    ["_id", "_uuid", "_submission_time", "__version__", "_index", "g/a", "g/b", "g"],
    ["record_id", "redcap_event_name", "a___1", "a___2", "b", "c", "d", "survey_complete"],
)


def valid_files() -> list[bytes]:
    """Return about 20 valid files of all kinds, always the same."""
    files = [_xlsx(header, seed) for seed, header in enumerate(HEADERS * 2)]
    files += [_xls(header) for header in HEADERS[:4]]
    for header in HEADERS[:3]:
        text = "\n".join(",".join(map(str, row)) for row in [header, *_rows(7)])
        files += [text.encode("utf-8-sig"), text.encode("gb18030")]
    files.append(_zip_of_csv())
    return files


def mutants(n: int, seed: int) -> list[bytes]:
    """Return ``n`` damaged files."""
    draw = random.Random(seed)
    valid = valid_files()
    ways = (_flip_bits, _truncate, _swap_members, _drop_tag, _double_piece, _flip_inside)
    return [draw.choice(ways)(draw.choice(valid), draw) for _ in range(n)]


def open_mutants(files: list[bytes]) -> Counter[str]:
    """Open all and count what became of them; anything but an ``IntakeError`` is raised."""
    told: Counter[str] = Counter()
    opened = open_workbooks({f"{n}.xlsx": data for n, data in enumerate(files)})
    for result in opened.values():
        told[_outcome(result)] += 1
    return told


def _outcome(result: Workbook | IntakeError) -> str:
    if isinstance(result, IntakeError):
        return result.code
    try:
        recognise_table(result)
    except IntakeError as error:
        return error.code
    return "opened"


def _rows(seed: int) -> list[list[object]]:
    draw = random.Random(seed)
    return [
        [n, f"2026-03-{n % 28 + 1:02d}", draw.randint(1, 5), "一般", "x", 0.5, f"B{n:03d}", 1]
        for n in range(1, 30)
    ]


def _xlsx(header: list[str], seed: int) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(header)
    for row in _rows(seed):
        book.active.append(row)
    book.active["C3"] = dt.datetime(2026, 3, 2, 10, 31)
    book.active["D4"] = "=1+1"
    book.active.merge_cells("A40:C40")
    book.create_sheet("second").append(["a", "b"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls(header: list[str]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for at, row in enumerate([header, *_rows(3)]):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _zip_of_csv() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("form.csv", "SubmissionDate,a,KEY\n2026-03-02,1,k1\n")
        archive.writestr("form-hh.csv", "b,PARENT_KEY,KEY\n1,k1,k2\n")
    return out.getvalue()


def _flip_bits(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randint(1, 20)):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _truncate(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def _double_piece(data: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(data))
    piece = data[start : start + draw.randint(1, 400)]
    at = draw.randrange(len(data))
    return data[:at] + piece * draw.randint(1, 5) + data[at:]


def _swap_members(data: bytes, draw: random.Random) -> bytes:
    parts = _parts(data)
    if len(parts) < 2:
        return _flip_bits(data, draw)
    one, other = draw.sample(sorted(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return _zipped(parts)


def _drop_tag(data: bytes, draw: random.Random) -> bytes:
    parts = _parts(data)
    if not parts:
        return _truncate(data, draw)
    name = draw.choice(sorted(parts))
    tags = list(re.finditer(rb"<[^>]*>", parts[name]))
    for tag in draw.sample(tags, min(len(tags), draw.randint(1, 3))):
        parts[name] = parts[name].replace(tag.group(), b"", 1)
    return _zipped(parts)


def _flip_inside(data: bytes, draw: random.Random) -> bytes:
    parts = _parts(data)
    if not parts:
        return _flip_bits(data, draw)
    name = draw.choice(sorted(parts))
    parts[name] = _flip_bits(parts[name], draw) if parts[name] else b"<"
    return _zipped(parts)


def _parts(data: bytes) -> dict[str, bytes]:
    if not data.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def main() -> int:
    """Run the fuzzer from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    start = time.perf_counter()
    told: Counter[str] = Counter()
    for batch in range(0, given.mutants, 200):
        size = min(200, given.mutants - batch)
        told += open_mutants(mutants(size, given.seed * 1_000_003 + batch))
        took = time.perf_counter() - start
        print(f"{told.total():,} in {took:.0f} s", file=sys.stderr, flush=True)
    for code, count in told.most_common():
        print(f"{count:7d}  {code}")
    print(f"{told.total():7d}  in {time.perf_counter() - start:.1f} s")
    return 0 if told.total() == given.mutants else 1


if __name__ == "__main__":
    raise SystemExit(main())
