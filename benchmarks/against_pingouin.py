"""Seconds of single statistics on the same answers: Levee, scipy or numpy, pingouin.

Pingouin is GPL-3 and is never installed beside Levee: it runs in an environment of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from scipy import stats

from analysis.statistics.effect_size import rank_biserial
from analysis.statistics.mean_change import bca_mean_change, paired_t
from analysis.statistics.rank_tests import wilcoxon_signed_rank
from analysis.statistics.reliability import cronbach_alpha

SIZES = (300, 5_000, 50_000)
REPEATS = 3
#: Above it what needs people × people numbers is left out: pingouin's signed rank (its superiority
#: is a full outer difference, 20 GB at 50,000) and the jackknife of the BCa interval.
MAX_SQUARED = 5_000
BCA = "BCa interval, 2,000 draws"
Work: TypeAlias = Callable[[], object]

# Run by the other environment: reads the answers, prints seconds by statistic.
PINGOUIN = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd, pingouin as pg
given = np.load(sys.argv[1])
pre, post, items = given["pre"], given["post"], pd.DataFrame(given["items"])
work = {
    "paired t, interval, effect size": lambda: pg.ttest(post, pre, paired=True),
    "signed rank, rank-biserial": lambda: pg.wilcoxon(post, pre),
    "BCa interval, 2,000 draws": lambda: pg.compute_bootci(
        post - pre, func="mean", method="bca", n_boot=2000, seed=1),
    "alpha with interval": lambda: pg.cronbach_alpha(items),
}
if len(pre) > int(sys.argv[3]):
    del work["BCa interval, 2,000 draws"], work["signed rank, rank-biserial"]
def best(one):
    found = []
    for _ in range(int(sys.argv[2])):
        start = time.perf_counter(); one(); found.append(time.perf_counter() - start)
    return min(found)
print(json.dumps({name: best(one) for name, one in work.items()} | {"version": pg.__version__}))
"""


def compare_statistics() -> None:
    """Print seconds and ratios; below 1 Levee is faster."""
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder))
        print("| statistic | people | Levee | scipy | pingouin | ÷ scipy | ÷ pingouin |")
        print("|---|---|---|---|---|---|---|")
        for n in SIZES:
            answers = _answers(n)
            theirs = _pingouin(python, answers, Path(folder)) if python else {}
            for name, (ours, plain) in _work(answers).items():
                _print_row(name, n, _best(ours), _best(plain), theirs.get(name))
        version = theirs.get("version")
    print(f"\npingouin {version}" if version else "\npingouin could not be installed here")


def _environment(folder: Path) -> Path | None:
    """Make the other environment; None where pingouin cannot be had."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "pingouin"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
    return None if done.returncode else python


def _answers(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(n)
    level = rng.normal(0, 1, (n, 1))
    before, after = (
        1 + np.digitize(level + shift + rng.normal(0, 1, (n, 10)), [-1.2, -0.3, 0.6, 1.6])
        for shift in (0.0, 0.3)
    )
    return {"pre": before.mean(axis=1), "post": after.mean(axis=1), "items": before.astype(float)}


def _work(answers: dict[str, np.ndarray]) -> dict[str, tuple[Work, Work]]:
    pre, post, items = answers["pre"], answers["post"], answers["items"]
    change = post - pre
    work: dict[str, tuple[Work, Work]] = {
        "paired t, interval, effect size": (
            lambda: paired_t(pre, post),
            lambda: stats.ttest_rel(post, pre).confidence_interval(),
        ),
        "signed rank, rank-biserial": (
            lambda: (wilcoxon_signed_rank(change), rank_biserial(pre, post)),
            lambda: stats.wilcoxon(change),
        ),
        BCA: (
            lambda: bca_mean_change(pre, post, n_resamples=2000),
            lambda: stats.bootstrap((change,), np.mean, n_resamples=2000, batch=50),
        ),
        "alpha with interval": (lambda: cronbach_alpha(items), lambda: _plain_alpha(items)),
    }
    if change.size > MAX_SQUARED:
        del work[BCA]
    return work


def _plain_alpha(items: np.ndarray) -> float:
    k = items.shape[1]
    return float(k / (k - 1) * (1 - items.var(0, ddof=1).sum() / items.sum(1).var(ddof=1)))


def _pingouin(python: Path, answers: dict[str, np.ndarray], folder: Path) -> dict[str, Any]:
    np.savez(folder / "answers.npz", **answers)
    told = [str(folder / "answers.npz"), str(REPEATS), str(MAX_SQUARED)]
    command = [str(python), "-c", PINGOUIN, *told]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _best(work: Work) -> float:
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def _print_row(name: str, n: int, ours: float, plain: float, theirs: float | None) -> None:
    told = f"{theirs * 1000:.2f} ms" if theirs else "–"
    ratio = f"{ours / theirs:.2f}" if theirs else "–"
    print(
        f"| {name} | {n:,} | {ours * 1000:.2f} ms | {plain * 1000:.2f} ms | {told} "
        f"| {ours / plain:.2f} | {ratio} |",
        flush=True,
    )
