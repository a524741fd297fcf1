"""How many small errors in ``analysis/statistics`` the tests detect: a slow command.

``pip install cosmic-ray``, then ``python benchmarks/mutation.py [--mutants 300] [--modules cox]``.
cosmic-ray changes one operator, number or condition at a time; the tests that know the module run
until one fails, then the book, then the stored results of whole studies. Printed: the share killed,
and each survivor with its line. A mutant that cannot change a result is listed in
``equivalent_mutants.toml``
with the reason and does not count. ``--keep FILE`` writes each verdict at once, goes on where a run
ended, and tries survivors again: new tests may kill them.

Each mutant runs in a child forked from a process that has numpy, scipy and pandas loaded, and is
imported in place of the file, which stays as it is: no mutant is ever on disk.
"""

from __future__ import annotations

import argparse
import ast
import doctest
import importlib.abc
import importlib.util
import itertools
import json
import os
import random
import resource
import signal
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np  # noqa: F401 - loaded before the fork, so that no child pays for it
import pandas as pd  # noqa: F401
import pytest
import scipy.optimize
import scipy.stats  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
STATISTICS = ROOT / "analysis" / "statistics"
SEED = 20261124
FAR = ("surveys", "volunteers", "participation", "sustainability")
#: A mutant that makes a search endless is killed by its processor time.
SECONDS = 400
#: Stored studies that a mutant must leave as they are: the sample, 20 surveys, 20 of activities.
STUDIES = 41
OPERATORS = (
    *(
        f"ReplaceBinaryOperator_{a}_{b}"
        for a, b in (
            ("Add", "Sub"),
            ("Sub", "Add"),
            ("Mul", "Div"),
            ("Div", "Mul"),
            ("Pow", "Mul"),
        )
    ),
    *(
        f"ReplaceComparisonOperator_{a}_{b}"
        for a, b in (
            ("Lt", "LtE"),
            ("LtE", "Lt"),
            ("Gt", "GtE"),
            ("GtE", "Gt"),
            ("Eq", "NotEq"),
            ("Lt", "Gt"),
            ("Gt", "Lt"),
        )
    ),
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "NumberReplacer",
    "ZeroIterationForLoop",
)
_EQUIVALENT_FILE = Path(__file__).with_name("equivalent_mutants.toml")
#: The mutant as described, wherever its line is now → why it cannot change a result.
EQUIVALENT: dict[str, str] = {
    one["mutant"]: one["reason"]
    for one in tomllib.loads(_EQUIVALENT_FILE.read_text(encoding="utf-8"))["equivalent"]
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the module's file, the operator and which of its places."""

    path: Path
    operator: str
    occurrence: int
    source: str
    line: int

    @property
    def module(self) -> str:
        return f"analysis.statistics.{self.path.stem}"

    def describe(self) -> str:
        """The changed line, as it stands and as mutated, without its number: lines move."""
        before = self.path.read_text(encoding="utf-8").splitlines()[self.line - 1].strip()
        after = self.source.splitlines()[self.line - 1].strip()
        return f"{self.path.stem}.py: {before}  ->  {after}"


class MutantImporter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the mutated source in place of the module's file."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, path: object = None, target: object = None):  # noqa: ARG002
        if name != self.mutant.module:
            return None
        return importlib.util.spec_from_file_location(name, self.mutant.path, loader=self)

    def create_module(self, spec: object) -> None:  # noqa: ARG002
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.source, str(self.mutant.path), "exec"), module.__dict__)


def list_places(modules: list[str]) -> list[tuple[Path, str, int, int]]:
    """Every place of the chosen modules (of all when none is named) that an operator can change.

    Returns
    -------
    list of tuple
        File, operator, which of its occurrences in the file, and the line.
    """
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator

    places = []
    for path in sorted(STATISTICS.glob("*.py")):
        if path.stem == "__init__" or (modules and path.stem not in modules):
            continue
        source = path.read_text(encoding="utf-8")
        silent = lines_without_numbers(source)
        nodes = list(ast_nodes(get_ast(source)))
        for name in OPERATORS:
            operator = get_operator(f"core/{name}")()
            spots = [start for node in nodes for start, _ in operator.mutation_positions(node)]
            places += [
                (path, name, at, line) for at, (line, _) in enumerate(spots) if line not in silent
            ]
    return places


def mutate(path: Path, name: str, occurrence: int, line: int) -> Mutant:
    """Apply one operator at one of its places."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = path.read_text(encoding="utf-8")
    mutated = mutate_code(source, get_operator(f"core/{name}")(), occurrence)
    return Mutant(path, name, occurrence, mutated, line)


def lines_without_numbers(source: str) -> set[int]:
    """Lines of docstrings, whose examples are prose, and of what makes a class a dataclass."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        parts = (
            [node] if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else []
        )
        for part in node.decorator_list if isinstance(node, ast.ClassDef) else parts:
            lines |= set(range(part.lineno, (part.end_lineno or part.lineno) + 1))
    return lines


def tests_of(module: str, *, far: bool) -> list[list[str]]:
    """Tests in stages: those that name the module, the book, and those of its users if ``far``."""
    name = module.rsplit(".", 1)[1]
    near = tests_naming([name])
    if not near:
        # A part of another module is proven by the tests of those that import it.
        near = tests_naming(
            [
                path.stem
                for path in sorted(ROOT.glob("analysis/**/*.py"))
                if path.stem != "__init__"
                and f"{module} import" in path.read_text(encoding="utf-8")
            ]
        )
    stages = [near, [str(ROOT / "tests" / "test_verification.py")]]
    return [*stages, [str(ROOT / "tests" / folder) for folder in FAR]] if far else stages


def tests_naming(modules: Sequence[str]) -> list[str]:
    """Files of tests in which one of the modules is named, of the first folder that has any."""
    for folder in ("statistics", "surveys", "volunteers", "participation"):
        found = [
            str(path)
            for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
            if any(name in path.stem + path.read_text(encoding="utf-8") for name in modules)
        ]
        if found:
            return found
    return []


def is_killed(mutant: Mutant, *, far: bool = False, near_only: bool = False) -> bool:
    """Whether a test fails, an import fails or the time is up on this mutant.

    ``near_only`` leaves out the book, its users' tests and the stored studies.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            sys.meta_path.insert(0, MutantImporter(mutant))
            options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
            # pytest would import the file itself for its doctests, so they run here.
            doctests = doctest.testmod(importlib.import_module(mutant.module))
            killed = doctests.failed > 0 or any(
                pytest.main([*options, *stage]) != 0
                for stage in tests_of(mutant.module, far=far)[: 1 if near_only else None]
                if stage
            )
            code = 0 if killed or (not near_only and changes_a_study()) else 3
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return not (os.WIFEXITED(status) and os.WEXITSTATUS(status) == 3)


def changes_a_study() -> bool:
    """Whether a stored study gives another result."""
    from tests.golden.results import evaluate_all, find_differences

    studies = itertools.islice(evaluate_all(), STUDIES)
    return any(find_differences(name, evaluation) for name, evaluation in studies)


def read_verdicts(keep: Path | None) -> dict[str, bool]:
    """Verdicts of an earlier run: mutant → killed."""
    if keep is None or not keep.exists():
        return {}
    lines = keep.read_text(encoding="utf-8").splitlines()
    return {one["mutant"]: one["killed"] for one in map(json.loads, lines)}


def main() -> None:
    """Draw the mutants, run the tests on each, print the share killed and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--modules", nargs="*", default=[])
    parser.add_argument("--far", action="store_true", help="run the tests of the users too")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="file of the verdicts so far")
    parser.add_argument("--part", default="1/1", help="2/3: the second of three runs side by side")
    asked = parser.parse_args()
    os.chdir(ROOT)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    places = list_places(asked.modules)
    random.Random(asked.seed).shuffle(places)
    part, parts = map(int, asked.part.split("/"))
    drawn = places[: asked.mutants][part - 1 :: parts]
    print(f"{len(drawn)} of {len(places)} mutants, seed {asked.seed}", flush=True)
    mutants = [mutate(*place) for place in drawn]
    verdicts = read_verdicts(asked.keep)
    left = [one for one in mutants if not verdicts.get(one.describe(), False)]
    # Without a mutant every test must pass, or each mutant would count as killed. A run that goes
    # on has seen that already for the modules it has verdicts of.
    seen = {mutant.partition(":")[0] for mutant in verdicts}
    unseen = sorted({one.path for one in left if one.path.name not in seen})
    for number, path in enumerate(unseen):
        unchanged = Mutant(path, "none", 0, path.read_text(encoding="utf-8"), 1)
        if is_killed(unchanged, far=asked.far, near_only=number > 0):
            raise SystemExit(f"the tests of {unchanged.module} fail without a mutant")
    survivors = []
    for number, mutant in enumerate(left, 1):
        killed = mutant.describe() not in EQUIVALENT and is_killed(mutant, far=asked.far)
        if asked.keep:
            with asked.keep.open("a", encoding="utf-8") as file:
                print(json.dumps({"mutant": mutant.describe(), "killed": killed}), file=file)
        if not killed:
            survivors.append(mutant)
            print(f"[{number}] survived: {mutant.describe()}", flush=True)
        elif number % 25 == 0:
            print(f"[{number}] of {len(left)}, {len(survivors)} survived", flush=True)
    equal = [one for one in survivors if one.describe() in EQUIVALENT]
    counted = len(drawn) - len(equal)
    killed = len(drawn) - len(survivors)
    for mutant in equal:
        print(f"equivalent: {mutant.describe()}: {EQUIVALENT[mutant.describe()]}")
    print(f"{killed} of {counted} killed ({killed / counted:.1%}); {len(equal)} equivalent")


if __name__ == "__main__":
    main()
