"""Time of a portfolio of a few hundred communities: compare, draw, and the size of the pictures.

    python benchmarks/compare_portfolio.py [--studies 300]

Simulates results files (five measures, true changes that differ between communities) and prints
the seconds of each step; exits 1 when comparing and drawing together take over two seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analysis.portfolio import compare_studies, define, describe_measures, read_result
from dashboard.figures.portfolio import draw_columns, draw_forest_of_studies, draw_funnel
from dashboard.tables.portfolio import list_portfolio
from dashboard.text import Text

MEASURES = ("preparedness", "knowledge", "kit", "trust", "voice")
LIMIT_SECONDS = 2.0


def estimate(value: float, error: float, n: int) -> dict[str, Any]:
    low, high = value - 1.96 * error, value + 1.96 * error
    return {
        "estimate": value,
        "std_error": error,
        "ci_low": low,
        "ci_high": high,
        "n": n,
        "method": "simulated",
    }


def simulate(number: int, rng: np.random.Generator) -> dict[str, Any]:
    n = int(rng.integers(20, 400))
    described = [
        {"name": m, "kind": "scale", "score": "mean", "range": [1, 5], "items": [f"{m}_1"]}
        for m in MEASURES
    ]
    settings = {"min_group": 5, "simulated": True, "measures": described}
    error = 1.0 / np.sqrt(n)
    outcomes = [
        {
            "measure": m,
            "n": {"matched": n},
            "change": estimate(float(rng.normal(0.4, 0.2) + rng.normal(0, error)), error, n),
        }
        for m in MEASURES
    ]
    stay, reach = rng.uniform(0.3, 0.9), rng.uniform(0.02, 0.4)
    return {
        "study": {
            "fingerprint": f"{number:064d}",
            "title": {"en": f"Community {number}"},
            "settings": settings,
        },
        "flow": {"matched": n},
        "outcomes": outcomes,
        "participation": {"participants": n, "reach": estimate(reach, 0.02, 1000)},
        "volunteers": {"retention": {"365": estimate(stay, 0.06, 60)}},
        "sustainability": {
            "funding": {"runway_months": {"estimate": float(rng.gamma(2, 3)), "n": 1}}
        },
        "targets": [{"status": str(rng.choice(["met", "behind", "on_track"]))} for _ in range(5)],
    }


def timed(name: str, run: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = run()
    taken = time.perf_counter() - start
    print(f"{name:10} {taken:6.2f} s")
    return found, taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=300)
    parser.add_argument("--write", default="", help="folder for the simulated results files")
    told = parser.parse_args()
    rng = np.random.default_rng(7)
    files = [json.dumps(simulate(i, rng)).encode() for i in range(told.studies)]
    results, _ = timed("read", lambda: [read_result(data, "results.json") for data in files])
    cards = [card for result in results for card in describe_measures(result)]
    mapped = [define(name, [c for c in cards if c.measure == name]) for name in MEASURES]
    portfolio, comparing = timed("compare", lambda: compare_studies(results, mapped))
    text = Text("en")
    titles = {s.fingerprint: text.of(dict(s.title)) for s in portfolio.studies}
    figures, drawing = timed(
        "draw",
        lambda: [
            draw_forest_of_studies(portfolio.measures[0], titles, text),
            draw_funnel(portfolio.measures[0], titles, text),
            draw_columns(portfolio.studies, titles, text),
        ],
    )
    _, listing = timed("table", lambda: list_portfolio(portfolio, text))
    for figure in figures:
        print(f"picture {len(figure.to_json()) / 1000:6.0f} kB, {figure.layout.height:.0f} px high")
    _write(told.write, files)
    return int(comparing + drawing + listing > LIMIT_SECONDS)


def _write(folder: str, files: list[bytes]) -> None:
    for number, data in enumerate(files if folder else ()):
        Path(folder, f"results-{number}.json").write_bytes(data)


if __name__ == "__main__":
    raise SystemExit(main())
