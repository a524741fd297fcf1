#!/usr/bin/env python3
"""Count the surveys of a nation: 3,000 communities, 10 million people, 20 items, two waves.

    python benchmarks/count_communities.py               all of it: tens of minutes to make
    python benchmarks/count_communities.py --tenth       300 communities, a million people
    python benchmarks/count_communities.py --hundredth   30 communities
    python benchmarks/count_communities.py --tenth --memory 2GB

Rows are made as the staging of a folder writes them. Prints seconds and processor seconds of each
step, peak memory, and whether every number is that of counting in memory: of all communities, or of
30 of them where all do not fit. Evaluates ten communities.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

from analysis.counts.engines import DuckDB, count_staged
from analysis.counts.evaluation import evaluate_community
from analysis.counts.memory import count_rows
from analysis.counts.staging import Staged
from analysis.counts.tables import Community, SurveyCounts
from analysis.plan import StudyPlan, plan_from_dict

COMMUNITIES, PEOPLE, ITEMS = 3000, 3333, 10
COMPARED = 30
T = TypeVar("T")


def make_plan() -> StudyPlan:
    """Two measures of ten items, two of them reversed."""
    measures = [
        {
            "name": name,
            "range": [1, 5],
            "items": [f"{name}_{at}" for at in range(ITEMS)],
            "reversed": [f"{name}_2", f"{name}_5"],
            "role": role,
        }
        for name, role in (("ready", "primary"), ("trust", "secondary"))
    ]
    return plan_from_dict({"survey": {"respondent": "code"}, "measures": measures})


def make_community(code: int, place: Path) -> Community:
    """Write the rows of one community: one in five is lost, one answer in twenty is missing."""
    draw = np.random.default_rng(code)
    stayed = np.flatnonzero(draw.random(PEOPLE) < 0.8)
    person = np.concatenate([np.arange(PEOPLE), stayed])
    wave = np.repeat(["pre", "post"], [PEOPLE, stayed.size])
    level = draw.normal(3, 0.8, PEOPLE)[person] + np.where(wave == "post", 0.3, 0.0)
    columns = {
        "community": pyarrow.array(np.full(person.size, code), pyarrow.int64()),
        "person": pyarrow.array(person, pyarrow.int64()),
        "wave": pyarrow.array(wave, pyarrow.string()),
        "programme": pyarrow.array(np.ones(person.size), pyarrow.int64()),
    }
    words = pyarrow.array(["1", "2", "3", "4", "5"])
    for at in range(2 * ITEMS):
        turned = at % ITEMS in (2, 5)
        toward = 6 - level if turned else level
        answer = np.clip(np.rint(toward + draw.normal(0, 0.9, person.size)), 1, 5)
        missing = draw.random(person.size) < 0.05
        index = pyarrow.array(answer.astype(np.int32) - 1, mask=missing)
        columns[f"a{at}"] = pyarrow.DictionaryArray.from_arrays(index, words).cast("string")
    pyarrow.parquet.write_table(pyarrow.table(columns), place, compression="zstd")
    return Community(
        code=code,
        name=f"community {code}",
        fingerprint=f"{code:064x}",
        waves=("pre", "post"),
        anonymous=False,
        compared=False,
    )


def measure(name: str, work: Callable[[], T]) -> T:
    """Do one step; print what it took."""
    start, used = time.perf_counter(), time.process_time()
    found = work()
    took, spent = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{name:<34} {took:8.1f} s {spent:8.1f} CPU s   peak {peak:.2f} GB", flush=True)
    return found


def count_in_memory(staged: Staged, counts: SurveyCounts) -> SurveyCounts:
    """Count the same rows with pandas, one community after another."""
    asked = counts.questionnaire
    parts = []
    for place in staged.rows:
        rows = pyarrow.parquet.read_table(place).to_pandas()
        rows["wave"] = rows["wave"].map({wave: at for at, wave in enumerate(asked.waves)})
        for item in asked.items:
            rows[item.column] = pd.to_numeric(rows[item.column]).astype("Int64")
        parts.append(count_rows(rows, asked))
    joined = {
        name: pd.concat([getattr(one, name) for one in parts], ignore_index=True)
        for name in ("waves", "presence", "answers", "scores", "pairs")
    }
    moments = {
        name: pd.concat([one.moments[name] for one in parts], ignore_index=True)
        for name in counts.moments
    }
    return SurveyCounts(questionnaire=asked, moments=moments, **joined)


def count_differences(one: SurveyCounts, two: SurveyCounts) -> int:
    """Number of tables that are not equal."""
    pairs = zip(one.tables(), two.tables(), strict=True)
    return sum(not a.equals(b) for (_, a), (_, b) in pairs)


def main() -> int:
    """Make, count, compare; 1 when any number differs."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--tenth", action="store_true")
    ask.add_argument("--hundredth", action="store_true")
    ask.add_argument("--memory", default="", help="DuckDB's limit, such as 2GB")
    asked = ask.parse_args()
    n = COMMUNITIES // (100 if asked.hundredth else 10 if asked.tenth else 1)
    plan = make_plan()
    with tempfile.TemporaryDirectory(prefix="levee-benchmark-") as folder:
        places = tuple(Path(folder) / f"{code}.parquet" for code in range(n))
        made = measure(
            f"making {n:,} communities",
            lambda: tuple(make_community(code, place) for code, place in enumerate(places)),
        )
        size = sum(place.stat().st_size for place in places) / 1e6
        print(f"{n * PEOPLE:,} people, {size:,.0f} MB of parquet")
        staged = Staged(communities=made, rows=places, refused={})
        with DuckDB(memory=asked.memory) as engine:
            counts = measure(
                f"counting on {engine.name}", lambda: count_staged(engine, plan, staged)
            )
        rows = sum(len(table) for _, table in counts.tables())
        print(f"{rows:,} rows of counts")
        parts = measure("taking communities apart", counts.by_community)
        measure(
            "evaluating 10 communities",
            lambda: [evaluate_community(plan, one, parts[one.code], "x") for one in made[:10]],
        )
        some = Staged(communities=made[:COMPARED], rows=places[:COMPARED], refused={})
        if n > COMPARED:
            with DuckDB(memory=asked.memory) as engine:
                again = count_staged(engine, plan, some)
        else:
            again = counts
        memory = measure(
            f"counting {len(some.rows)} in memory", lambda: count_in_memory(some, again)
        )
        apart = memory.by_community()
        differing = count_differences(again, memory) + sum(
            count_differences(parts[code], apart[code]) for code in apart
        )
    print("every number is equal" if not differing else f"{differing} tables differ")
    return int(differing > 0)


if __name__ == "__main__":
    raise SystemExit(main())
