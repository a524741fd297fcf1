"""What pages showed outlives the server: a restart, another process, a file after the pages."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import analysis
from analysis.disclosure import RefusedReleaseError, make_release
from analysis.errors import LeveeError, WorkspaceError
from analysis.evaluation import Evaluation
from analysis.intake.read.reader import read_study
from analysis.plan import plan_from_dict
from analysis.results import Comparison
from analysis.study import SourceFile, Study
from analysis.surveys.filters import filter_study
from benchmarks.attack.made_studies import draw_study, survey_of
from dashboard.workspace.engine import VARIABLE, close_workspaces, open_workspace
from dashboard.workspace.models import ShownRow
from dashboard.workspace.releases import find_relatives, list_releases
from dashboard.workspace.shown import MAX_VIEWS, Page, ShownPages, forget_previews
from dashboard.workspace.store import (
    create_study,
    delete_study,
    open_study,
    read_files,
    save_file,
    save_version,
)
from tests.dashboard.test_hostile_studies import APP, rows

ROOT = Path(__file__).resolve().parents[2]
#: Of the east 20 are young, and these and one more go to the club.
PEOPLE = [("East", "18-35", "yes")] * 20 + [("East", "60+", "yes")] + [("East", "60+", "no")] * 30
PEOPLE += [("West", "18-35", "yes"), ("West", "60+", "no")] * 20
OPEN_PAGE = f"""
import sys
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

at = AppTest.from_file({str(APP)!r}, default_timeout=120)
at.query_params["lang"], at.query_params["study"] = "en", sys.argv[1]
at.query_params["audience"], at.query_params["site"] = "funder", ["East"]
at.query_params["category"] = sys.argv[2:]
at._page_hash = calc_hash("outcomes")
at.run()
assert not at.exception, at.exception
print(" ".join(one.value for one in [*at.title, *at.markdown, *at.caption, *at.info, *at.error]))
"""


def wave(gain: int) -> bytes:
    rng = np.random.default_rng(7 + gain)
    scores = np.clip(np.round(rng.normal(3, 0.7, (len(PEOPLE), 2))), 1, 4) + gain
    lines = [
        f"P{i},{site},{age},{club},{one:g},{other:g}"
        for i, ((site, age, club), (one, other)) in enumerate(zip(PEOPLE, scores, strict=True))
    ]
    return rows("code,site,age,club,q1,q2", *lines).encode()


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Iterator[str]:
    url = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv(VARIABLE, url)
    yield url
    close_workspaces()


@pytest.fixture
def saved(workspace: str) -> str:
    made = create_study("Kept")
    for name, gain in (("pre.csv", 0), ("post.csv", 1)):
        save_file(made, name, wave(gain))
    plan = {
        "study": {"title": "Kept"},
        "survey": {
            "respondent": "code",
            "site": "site",
            "waves": ["pre", "post"],
            "disaggregate": ["age", "club"],
            "files": [{"path": f"{one}.csv", "wave": one} for one in ("pre", "post")],
        },
        "measures": [{"name": "care", "items": ["q1", "q2"], "range": [1, 5]}],
    }
    save_version(made, plan_from_dict(plan))
    return made


def open_in_a_new_program(study: str, part: str) -> str:
    """Words of the page for a part of the east, by a program that ends afterwards."""
    asked = [sys.executable, "-c", OPEN_PAGE, study, part]
    done = subprocess.run(
        asked, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # The certificate at the foot counts what readers have by now: it grows with every page.
    return re.sub(r"pages\\?: \d+", "pages", done.stdout)


def test_a_restart_does_not_open_a_difference_of_one_person(saved: str):
    """Twenty people before, twenty-one after: the second page would tell the one of them."""
    close_workspaces()
    first = open_in_a_new_program(saved, "age=18-35")
    assert "20 answered" in first
    second = open_in_a_new_program(saved, "club=yes")
    assert "21" not in second
    assert "not shown" in second
    assert open_in_a_new_program(saved, "age=18-35") == first, "what was shown is shown again"


def test_without_the_first_page_the_second_is_shown(saved: str):
    """The one before holds because of what was kept, not because of the part itself."""
    close_workspaces()
    assert "21 answered" in open_in_a_new_program(saved, "club=yes")


def page_of(study: str, made: Study, view: str = "", **more: str) -> Page:
    told = {"audience": "funder", "role": "funder"} | more
    return Page(study=study, fingerprint=made.fingerprint, view=view, **told)


def version(sha256: str) -> SourceFile:
    return SourceFile(path="a.csv", sha256=sha256, n_rows=0)


def evaluate(study: Study) -> Evaluation:
    """What a study's evaluator sees, computed once for all tests."""
    if study.fingerprint not in EVALUATED:
        EVALUATED[study.fingerprint] = analysis.evaluate(study)
    return EVALUATED[study.fingerprint]


EVALUATED: dict[str, Evaluation] = {}


def has_headline(shown: Evaluation) -> bool:
    return isinstance(next(o for o in shown.outcomes if o.main).change, Comparison)


@pytest.fixture(scope="module")
def drawn() -> tuple[Study, Study, Study]:
    """A study; the same without one person who answered twice; and without ten."""
    study, truth = draw_study(40)
    whole = replace(study, files=(version("one"),))
    both = np.flatnonzero(np.logical_and.reduce(list(truth.answered.values())))
    fewer = []
    for n in (1, 10):
        gone = np.zeros(len(truth.codes), dtype=bool)
        gone[both[:n]] = True
        survey = survey_of(truth.without(gone), list(study.survey.items))
        fewer.append(replace(study, survey=survey, files=(version(f"less {n}"),)))
    return whole, *fewer


def test_a_file_is_judged_beside_the_pages_that_readers_saw(workspace: str, drawn):
    """Pages first: a file of the next version, a person less, gave that person's change."""
    whole, less, _ = drawn
    study, pages = create_study("Pages first"), ShownPages()
    assert has_headline(pages.show(page_of(study, whole), whole, evaluate(whole)))
    with pytest.raises(RefusedReleaseError):
        ShownPages().make_release(study, less, evaluate(less), "public")
    # The version that was read stays free, for everybody.
    for audience in ("funder", "public", "manager"):
        made = ShownPages().make_release(study, whole, evaluate(whole), audience)
        assert has_headline(made.evaluation)


def test_a_page_is_judged_beside_the_files_given_out(workspace: str, drawn):
    whole, less, _ = drawn
    study, pages = create_study("File first"), ShownPages()
    made = pages.make_release(study, whole, evaluate(whole), "public")
    pages.enter_release(study, whole, evaluate(whole), made, "evaluator")
    assert len(list_releases(study)) == 1
    assert not has_headline(ShownPages().show(page_of(study, less), less, evaluate(less)))


def test_what_a_reader_takes_along_does_not_stand_in_the_way_of_evaluators(workspace: str, drawn):
    """A reader's own file holds what the page held: it adds nothing to be judged beside."""
    whole, _, later = drawn
    study, pages = create_study("Reader"), ShownPages()
    inside = evaluate(whole)
    pages.show(page_of(study, whole), whole, inside)
    made = pages.make_release(study, whole, inside, "funder")
    pages.enter_release(study, whole, inside, made, "funder")
    assert list_releases(study) == []
    own = pages.make_release(study, whole, inside, "public")
    pages.enter_release(study, whole, inside, own, "evaluator")
    assert len(list_releases(study)) == 1
    assert has_headline(pages.make_release(study, later, evaluate(later), "public").evaluation)


def test_pages_that_only_evaluators_saw_can_be_forgotten(workspace: str, drawn):
    whole, less, _ = drawn
    study, pages = create_study("Previews"), ShownPages()
    pages.show(page_of(study, whole, role="evaluator"), whole, evaluate(whole))
    with pytest.raises(RefusedReleaseError):
        pages.make_release(study, less, evaluate(less), "public")
    forget_previews(study)
    assert has_headline(pages.make_release(study, less, evaluate(less), "public").evaluation)
    assert pages.list_pages(study) == []


def test_a_page_that_a_reader_saw_too_is_not_forgotten(workspace: str, drawn):
    whole, *_ = drawn
    study, pages = create_study("Seen"), ShownPages()
    for role in ("evaluator", "funder", "evaluator"):
        pages.show(page_of(study, whole, role=role), whole, evaluate(whole))
    forget_previews(study)
    assert [one.page.role for one in pages.list_pages(study)] == ["funder"]


def test_two_files_judged_at_the_same_time_do_not_both_leave(workspace: str, drawn):
    """Two windows with two versions open: each was judged before the other was downloaded."""
    whole, less, _ = drawn
    study, pages = create_study("Windows"), ShownPages()
    first = pages.make_release(study, whole, evaluate(whole), "public")
    second = pages.make_release(study, less, evaluate(less), "public")
    pages.enter_release(study, whole, evaluate(whole), first, "evaluator")
    with pytest.raises(LeveeError):
        pages.enter_release(study, less, evaluate(less), second, "evaluator")
    assert len(list_releases(study)) == 1


def test_two_programs_that_judge_at_once_know_of_each_other(workspace: str, drawn, monkeypatch):
    whole, less, _ = drawn
    study, other = create_study("Race"), ShownPages()
    calls = []

    def slow(*arguments, **more):
        made = make_release(*arguments, **more)
        if not calls:
            calls.append("the other program shows a page meanwhile")
            other.show(page_of(study, whole), whole, evaluate(whole))
        return made

    monkeypatch.setattr("analysis.disclosure.make_release", slow)
    assert not has_headline(ShownPages().show(page_of(study, less), less, evaluate(less)))
    assert len(other.list_pages(study)) == 2


def test_what_cannot_be_remembered_is_not_shown(workspace: str, drawn):
    whole, *_ = drawn
    study = create_study("Full disk")
    ShownRow.__table__.drop(open_workspace())
    with pytest.raises(WorkspaceError):
        ShownPages().show(page_of(study, whole), whole, evaluate(whole))


def test_a_page_is_kept_without_what_was_known_before(workspace: str, drawn):
    """Hundreds of pages stay small: each row holds what is new, and no answer."""
    whole, *_ = drawn
    study, pages = create_study("Small"), ShownPages()
    inside = evaluate(whole)
    pages.show(page_of(study, whole), whole, inside)
    part = filter_study(whole, {"category": ("sex=f",)})
    shown = analysis.evaluate(part, whole=inside)
    pages.show(page_of(study, whole, "f"), part, shown)
    everything, more = (len(one.release.record["cells"]) for one in pages.list_pages(study))
    assert 0 < more < everything
    assert MAX_VIEWS <= 300


def test_the_command_line_knows_of_the_pages_of_the_same_files(saved: str):
    read = read_study(open_study(saved).plan, read_files(saved))
    ShownPages().show(page_of(saved, read), read, evaluate(read))
    (found,) = find_relatives(["Kept"], [one.sha256 for one in read.files])
    assert found.same_files
    assert not found.pages[0].is_empty


def test_a_deleted_study_leaves_no_pages(saved: str):
    read = read_study(open_study(saved).plan, read_files(saved))
    pages = ShownPages()
    pages.show(page_of(saved, read), read, evaluate(read))
    delete_study(saved)
    assert pages.list_pages(saved) == []
