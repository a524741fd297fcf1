"""An evaluation computes a section when it is read, keeps it, and a copy of it is whole."""

from dataclasses import replace

import pytest

from analysis import evaluate
from analysis.evaluation import SECTIONS
from analysis.sections import COMPUTED
from tests.test_any_activity import draw_study as draw_activities
from tests.test_any_design import draw_study

REPORTING = (
    "outcomes",
    "comparison",
    "trajectory",
    "attrition",
    "reliability",
    "subgroups",
    "dose",
)


def computed(evaluation) -> set[str]:
    """Sections that have a value by now; what they are made from is not looked at."""
    return {name for name in COMPUTED if type(vars(evaluation)[f"_{name}"]).__name__ != "Later"}


def test_a_section_is_computed_when_it_is_read_and_kept():
    evaluation = evaluate(draw_study(3))
    assert computed(evaluation) == set()
    assert evaluation.reliability is evaluation.reliability
    assert computed(evaluation) == {"reliability"}


def test_sections_asked_for_are_computed_at_once_with_what_they_need():
    assert computed(evaluate(draw_study(3), sections=["outcomes"])) == {"outcomes", "reliability"}
    with pytest.raises(ValueError, match="nonsense"):
        evaluate(draw_study(3), sections=["nonsense"])


def test_progress_computes_everything_and_ends_at_one():
    steps = []
    evaluation = evaluate(draw_study(3), progress=lambda step, share: steps.append((step, share)))
    assert computed(evaluation) == set(COMPUTED)
    assert steps[-1] == ("done", 1.0)
    shares = [share for _, share in steps]
    assert shares == sorted(shares)


def test_every_section_of_the_results_file_but_the_issues_is_computed_later():
    assert set(COMPUTED) == set(SECTIONS) - {"issues"}


@pytest.mark.parametrize("seed", [3, 14, 27])
def test_findings_and_cautions_of_one_section_are_those_of_all(seed):
    study = draw_study(seed)
    for section in REPORTING:
        # The second evaluation has everything computed before it is asked.
        alone, whole = evaluate(study), evaluate(study, sections=COMPUTED)
        assert alone.findings_about(section) == whole.findings_about(section)
        assert alone.study_cautions(section) == whole.study_cautions(section)
    every = [
        f for section in {f.section for f in whole.findings} for f in whole.findings_about(section)
    ]
    assert len(every) == len(whole.findings)


@pytest.mark.parametrize("seed", [1, 5])
def test_findings_of_activities_alone_are_those_of_all(seed):
    study = draw_activities(seed)
    whole = evaluate(study, sections=COMPUTED)
    for section in {f.section for f in whole.findings}:
        assert evaluate(study).findings_about(section) == whole.findings_about(section)


def test_a_copy_is_whole():
    evaluation = evaluate(draw_study(3))
    copy = replace(evaluation, audience="funder")
    assert computed(copy) == set(COMPUTED)
    assert copy.outcomes is evaluation.outcomes
    assert copy.findings_about("reliability") == evaluation.findings_about("reliability")
