"""How people are found again: exact, repaired, nearly alike, not at all; loss waits."""

import pytest

from analysis.intake.check.linkage import propose_links
from analysis.intake.check.matching import match_waves
from analysis.intake.propose.proposal import read_sheets
from analysis.intake.read.reader import read_study
from analysis.plan import plan_from_dict
from analysis.sections import evaluate

FIRST = [f"B{n:03}" for n in range(1, 31)]
WRITTEN = {1: "b001", 3: " B003 ", 6: "Ｂ００６", 10: "BO10", 17: "017", 14: "B-014"}


def survey(codes: list[str], gain: int) -> bytes:
    rows = [f"{code},{1 + (n + gain) % 5},{1 + n % 4},{1 + n % 3}" for n, code in enumerate(codes)]
    return "\n".join(["code,q1,q2,q3", *rows]).encode()


def files() -> dict[str, bytes]:
    later = [WRITTEN.get(n, f"B{n:03}") for n in range(1, 26)]
    return {"a_pre.csv": survey(FIRST, 0), "a_post.csv": survey([*later, "X900Q"], 2)}


def plan(**survey_settings):
    items = {"name": "prep", "kind": "scale", "items": ["q1", "q2", "q3"], "range": [1, 5]}
    waves = [{"path": "a_pre.csv", "wave": "pre"}, {"path": "a_post.csv", "wave": "post"}]
    told = {"respondent": "code", "files": waves, **survey_settings}
    return plan_from_dict({"survey": told, "measures": [items]})


def test_each_slip_of_the_pen_is_named():
    study = read_study(plan(), files())
    found = match_waves(study, list(read_sheets(files()).values()))
    assert (found.exact, found.repaired, found.unmatched) == (19, 3, (8, 4))
    assert {(one.code, one.same_as, one.slip) for one in found.near} == {
        ("BO10", "B010", "look_alikes"),
        ("17", "B017", "missing_prefix"),
        ("B-014", "B014", "punctuation"),
    }
    assert [one.written for one in found.repairs] == ["017", "b001", " B003 ", "Ｂ００６"]


def test_loss_is_not_claimed_while_pairs_are_open():
    found = [f.code for f in evaluate(read_study(plan(), files())).findings]
    assert "lost_unsettled" in found
    assert not {"lost_differ", "lost_alike"} & set(found)


def test_pairs_that_are_two_people_are_not_asked_again():
    pairs = [("BO10", "B010"), ("17", "B017"), ("B-014", "B014")]
    distinct = [{"code": code, "same_as": same} for code, same in pairs]
    study = read_study(plan(distinct=distinct), files())
    assert "near_codes" not in {issue.code for issue in study.issues}
    assert {"lost_differ", "lost_alike"} & {f.code for f in evaluate(study).findings}


def test_accepted_pairs_are_one_person():
    links = [{"code": "BO10", "same_as": "B010"}, {"code": "17", "same_as": "B017"}]
    study = read_study(plan(links=links), files())
    found = match_waves(study, list(read_sheets(files()).values()))
    assert (found.exact, found.repaired, found.unmatched) == (19, 5, (6, 2))


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("肖然", "萧然", "same_pinyin"),
        ("谢亭", "谢婷", "same_pinyin"),
        ("欧阳明", "欧阳朋", "one_character"),
    ],
)
def test_names_that_sound_alike_or_differ_by_a_character(one: str, other: str, slip: str):
    (link,) = propose_links([one, "王芳"], [other, "王芳"], threshold=0.75)
    assert link.slip == slip


def test_codes_with_other_letters_are_other_people():
    assert propose_links(["A001", "A002"], ["B001", "B002"], threshold=0.75) == ()
