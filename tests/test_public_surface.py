"""What ``import analysis`` gives, and how little it costs."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).resolve().parent.parent


def test_all_is_sorted_and_listed():
    assert list(analysis.__all__) == sorted(analysis.__all__)
    assert set(analysis.__all__) <= set(dir(analysis))


def test_types_are_there():
    from analysis.errors import LeveeError
    from analysis.results import Estimate

    assert (analysis.LeveeError, analysis.Estimate) == (LeveeError, Estimate)


def test_unknown_name():
    with pytest.raises(AttributeError, match="nonsense"):
        analysis.nonsense  # noqa: B018


def test_reading_process_imports_nothing_heavy():
    code = (
        "import sys, analysis.intake.sandbox.worker; "
        "print([m for m in ('pandas', 'numpy', 'pyarrow', 'openpyxl') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_command_tells_its_version(capsys):
    from dashboard.cli import main

    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.split() == ["levee", version("levee")]
