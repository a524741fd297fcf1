"""Damaged files: opened, or refused with a code; never anything else."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def fuzz():
    path = ROOT / "benchmarks" / "fuzz_workbooks.py"
    spec = importlib.util.spec_from_file_location("fuzz_workbooks", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_workbooks"] = module
    spec.loader.exec_module(module)
    return module


def test_valid_files_open(fuzz):
    files = fuzz.valid_files()
    assert fuzz.open_mutants(files) == {"opened": len(files)}


def test_mutants_open_or_are_refused(fuzz):
    told = fuzz.open_mutants(fuzz.mutants(300, seed=20260302))
    assert told.total() == 300
    assert told["opened"] > 30
    assert told["damaged_file"] > 30
    # A file of ten kilobytes that needs too much memory is damaged, not too large.
    assert told["memory"] == 0
