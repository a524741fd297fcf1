"""Between releases, and beside what is counted of no measure: nothing of a few is told."""

from dataclasses import replace

import numpy as np
import pytest

from analysis import evaluate, read_study
from analysis.disclosure import RefusedReleaseError, make_release, protect
from analysis.plan import plan_from_dict
from analysis.results import SUPPRESSED
from analysis.study import Exclusion
from tests.activities import read_tables
from tests.studies import make_study


def test_two_who_left_a_question_out_are_not_everybody_minus_those_with_a_score():
    """Of 30 who stayed and 10 who left, by sex, 38 had a score at the start."""
    pre = np.r_[np.repeat([0.0, 1.0], 14), [np.nan] * 2, np.repeat([0.0, 1.0], [8, 2])]
    post = np.r_[np.repeat(0.0, 12), np.repeat(1.0, 2), np.repeat(1.0, 14), [1, 0]]
    sex = ["f", "m"] * 20
    study = make_study(
        {"pre": {"k": pre}, "post": {"k": post}},
        measures=[{"name": "k", "kind": "binary", "range": [0, 1]}],
        categories={"sex": [*sex, *sex[:30]]},
    )
    shown = protect(evaluate(study), study, "funder")
    everybody = [a.stayed.n + a.left.n for a in shown.attrition if a.variable == "sex"]
    scored = [s.n for s in shown.scoring if s.wave == "pre"]
    assert 40 not in everybody or 38 not in scored


def excluding(n):
    scores = np.random.default_rng(1).integers(1, 6, (2, 50)).astype(float)
    study = make_study({"pre": {"m": scores[0]}, "post": {"m": scores[1]}})
    return replace(study, exclusions=(Exclusion(reason="consent", n=n, wave="pre"),))


@pytest.mark.parametrize(("n", "told"), [(11, SUPPRESSED), (10, 10), (20, 20)])
def test_one_more_row_left_out_is_not_told_between_releases(n, told):
    """60 rows and 10 without consent, then 61 and 11: one more refused."""
    _, first = make_release(evaluate(excluding(10)), excluding(10), "funder")
    shown, _ = make_release(evaluate(excluding(n)), excluding(n), "funder", [first])
    assert [one.n for one in shown.flow.excluded] == [told]
    assert shown.flow.waves["pre"].rows == (SUPPRESSED if told is SUPPRESSED else 50 + n)


@pytest.mark.parametrize("name", ["post.csv", "post, final.csv"])
def test_an_answer_that_came_in_later_is_seen_whatever_the_file_is_called(name):
    """Without codes everybody in a renamed file was new: 51 less 50 answers are one person's."""
    rng = np.random.default_rng(4)
    pre, post = rng.integers(1, 6, 50), rng.integers(1, 6, 51)

    def read(path, answers):
        files = [{"path": "pre.csv", "wave": "pre"}, {"path": path, "wave": "post"}]
        plan = plan_from_dict(
            {
                "survey": {"waves": ["pre", "post"], "files": files},
                "measures": [{"name": "m", "items": ["q1"], "range": [1, 5]}],
            }
        )
        sheets = {"pre.csv": pre, path: answers}
        told = {one: ("q1\n" + "\n".join(map(str, v))).encode() for one, v in sheets.items()}
        return read_study(plan, told)

    before, later = read("post.csv", post[:50]), read(name, post)
    _, first = make_release(evaluate(before), before, "funder")
    with pytest.raises(RefusedReleaseError):
        make_release(evaluate(later), later, "funder", [first])


def test_no_hash_of_a_file_confirms_a_guess_of_what_is_withheld(sample_folder):
    study = read_study(sample_folder / "study.toml")
    shown = protect(evaluate(study), study, "public")
    assert shown.provenance.files
    assert {one["sha256"] for one in shown.provenance.files} == {SUPPRESSED}


SERVED = [
    f"V{i:02},2026-01-{10 + i},{2 + i % 3},{'calls' if i < 12 else 'patrol'},yes" for i in range(20)
]
ONE_AFTERNOON = "V04,2026-02-09,3.5,calls,yes"


@pytest.mark.parametrize(
    "others",
    [
        [f"V{i:02},2026-02-03,{1 + i % 2},patrol,yes" for i in range(12, 19)],
        [f"V{i:02},2026-02-03,,patrol,no" for i in range(12, 18)],
    ],
)
def test_hours_that_grew_by_those_of_one_person_are_not_told_twice(others):
    """Calls grew from 36 to 39.5 hours between two releases: one afternoon of one person."""

    def read(rows):
        columns = {"volunteer": "id", "date": "date", "hours": "hours"}
        columns |= {"activity": "activity", "attended": "came"}
        return read_tables(
            service=("\n".join(["id,date,hours,activity,came", *rows]), columns),
            study={"min_group": 5},
            retention={"observed_until": "2026-02-28", "lapse_after_days": 90},
        )

    before, later = read(SERVED), read([*SERVED, *others, ONE_AFTERNOON])
    told, first = make_release(evaluate(before), before, "funder")
    now, _ = make_release(evaluate(later), later, "funder", [first])
    assert told.volunteers.hours.total == sum(2 + i % 3 for i in range(20))
    if now.volunteers is not None:
        assert dict(now.volunteers.hours.by_activity)["calls"] == SUPPRESSED
        grew = now.volunteers.hours.total
        assert grew == SUPPRESSED or len(others) == 7
