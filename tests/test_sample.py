"""The evaluation of the simulated sample recovers the true effects it was drawn with."""

import subprocess
import sys
import tomllib

import pytest

from analysis import evaluate, read_study
from analysis.results import Comparison, Estimate


@pytest.fixture(scope="module")
def evaluation(sample_folder):
    return evaluate(read_study(sample_folder / "study.toml"))


@pytest.fixture(scope="module")
def truth(sample_folder):
    return tomllib.loads((sample_folder / "truth.toml").read_text(encoding="utf-8"))


MEASURES = ["preparedness", "knowledge", "kit", "trust", "voice"]


@pytest.mark.parametrize("measure", MEASURES)
def test_difference_between_communities_recovers_the_truth(evaluation, truth, measure):
    found = next(c for c in evaluation.comparison if c.measure == measure)
    did = next(a for a in found.analyses if isinstance(a, Comparison) and a.name == "did")
    true = truth[measure]["difference"]
    # The interval with clusters is the wider one; three standard errors leave one miss in 370.
    assert abs(did.estimate - true) < 3 * did.std_error


def test_preparedness_rose_clearly(evaluation):
    found = next(o for o in evaluation.outcomes if o.measure == "preparedness")
    assert found.change.ci_low > 0
    assert found.design == "partly_paired"


def test_rows_in_equal_rows_used_and_listed(evaluation):
    flow = evaluation.flow
    rows = sum(wave.rows for wave in flow.waves.values())
    kept = sum(wave.respondents for wave in flow.waves.values())
    left_out = sum(e.n for e in flow.excluded if e.table == "survey")
    assert rows == kept + left_out
    assert flow.duplicates == 1


def test_the_story_is_there(evaluation):
    funding = evaluation.sustainability.funding
    assert funding.largest_share > 0.6
    talk = evaluation.sustainability.consultation
    assert talk.done < talk.agreed < talk.raised
    assert evaluation.volunteers.left > 0.3 * evaluation.volunteers.n
    shares = {r.value: r.ratio for r in evaluation.participation.representation}
    assert isinstance(shares["60岁及以上"], Estimate)
    assert shares["60岁及以上"].estimate < 0.9


def test_total_row_of_the_ledger_is_not_money(evaluation):
    assert evaluation.sustainability.funding.income < 400_000


def test_the_script_writes_the_same_files_again(sample_folder, tmp_path):
    script = sample_folder / "simulate.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=120)
    for name in ("服务记录.csv", "truth.toml"):
        assert (tmp_path / name).read_bytes() == (sample_folder / name).read_bytes()
