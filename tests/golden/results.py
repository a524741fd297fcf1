"""Results of the sample, of random surveys and of random activities, stored to be compared.

``python -m tests.golden.results`` stores them: after a change of numbers, with its reason in the
changelog. ``python -m tests.golden.results --check 1e-12`` compares all of them, before and after a
change of structure on the same machine. The tests compare at :data:`TOLERANCE`: another processor
ends an iteration a little elsewhere.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analysis import Evaluation, evaluate, read_study

FILE = Path(__file__).with_suffix(".json.xz")
SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "study.toml"
SEEDS = range(120)
TOLERANCE = 1e-6


def comparable(evaluation: Evaluation) -> Any:
    """Give the results without what differs from run to run: time and versions."""
    results = evaluation.to_results()
    del results["provenance"]
    return json.loads(json.dumps(results))


@cache
def stored() -> Mapping[str, Any]:
    """Results as stored, by name."""
    return json.loads(lzma.decompress(FILE.read_bytes()))


def find_differences(name: str, evaluation: Evaluation, tolerance: float = TOLERANCE) -> list[str]:
    """Say where an evaluation differs from the one stored under this name."""
    return list(_compare(stored()[name], comparable(evaluation), "", tolerance))


def _compare(before: Any, after: Any, path: str, tolerance: float) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if key not in before or key not in after:
                yield f"{path}.{key} is {'new' if key in after else 'gone'}"
            else:
                yield from _compare(before[key], after[key], f"{path}.{key}", tolerance)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _compare(one, other, f"{path}[{at}]", tolerance)
    elif _is_number(before) and _is_number(after):
        if abs(before - after) > tolerance * max(1.0, abs(before)):
            yield f"{path}: {before!r} was stored, {after!r} now"
    elif before != after:
        yield f"{path}: {before!r} was stored, {after!r} now"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def evaluate_all() -> Iterator[tuple[str, Evaluation]]:
    """Evaluate every study that is stored, with its name."""
    from tests.test_any_activity import draw_study as draw_activities
    from tests.test_any_design import draw_study as draw_survey

    yield "sample", evaluate(read_study(SAMPLE))
    for seed in SEEDS:
        yield f"survey {seed}", evaluate(draw_survey(seed))
        yield f"activities {seed}", evaluate(draw_activities(seed))


def main() -> int:
    """Store all results, or compare them with those stored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=float, metavar="TOLERANCE")
    tolerance = parser.parse_args().check
    if tolerance is None:
        results = {name: comparable(evaluation) for name, evaluation in evaluate_all()}
        FILE.write_bytes(lzma.compress(json.dumps(results, separators=(",", ":")).encode()))
        return 0
    differences = [
        f"{name}{difference}"
        for name, evaluation in evaluate_all()
        for difference in find_differences(name, evaluation, tolerance)
    ]
    print(*differences[:50], f"{len(differences)} differences", sep="\n")
    return min(len(differences), 1)


if __name__ == "__main__":
    raise SystemExit(main())
