"""Linking people across waves: exact after normalising, then proposals that a person accepts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import read_study
from analysis.intake.check.linkage import propose_links
from analysis.intake.values.respondents import normalise_code
from analysis.plan import parse_plan, plan_from_dict, write_plan
from analysis.plan_tables import Link


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("b001", " B001 "),
        ("Ｂ００１", "B001"),
        ("B 001", "B001"),
        ("b\u200b001", "B001"),
        ("138-0013-8000", "+86 138 0013 8000"),
        ("(138)00138000", "0086-138-0013-8000"),
        ("12.0", "12"),
    ],
)
def test_spellings_of_one_code_are_equal(one, other):
    assert normalise_code(one) == normalise_code(other)


@pytest.mark.parametrize(
    ("one", "other"), [("B001", "B0O1"), ("A1", "A-1"), ("13800138000", "13800138001"), ("1", "l")]
)
def test_different_codes_stay_apart(one, other):
    assert normalise_code(one) != normalise_code(other)


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("WANG0812", "WANG0182", "transposition"),
        ("WANG0812", "WANG0813", "one_character"),
        ("WANG0812", "WANG812", "one_character"),
        ("WANG0812", "0812WANG", "swapped_fields"),
        ("王芳0812", "0812王芳", "swapped_fields"),
        ("ＷＡＮＧ0812", "wang 0821", "transposition"),
        ("A000712", "A00712", "one_character"),
        ("000712", "712", "leading_zeros"),
    ],
)
def test_slips_are_proposed(one, other, slip):
    (link,) = propose_links([one, "ZZZZZZ99"], [other, "QQ11"])
    assert (link.code, link.same_as) == (normalise_code(other), normalise_code(one))
    assert link.slip == slip
    assert 0.6 <= link.similarity < 1


def test_exact_codes_are_never_proposed():
    assert propose_links(["B001", " b002"], ["Ｂ００１", "B002"]) == ()


def test_two_equally_good_partners_are_not_proposed():
    assert propose_links(["AB12"], ["AB13", "AB14"]) == ()
    assert propose_links(["AB13", "AB14"], ["AB12"]) == ()


def test_codes_that_count_people_are_never_linked_by_a_character():
    pre = [f"B{n:03d}" for n in range(1, 55)]
    post = [f"B{n:03d}" for n in (*range(20, 55), *range(55, 61))]
    assert propose_links(pre, post) == ()


def test_a_relative_in_the_own_wave_forbids_a_proposal():
    assert propose_links(["LI0101", "LI0102"], ["LI0102", "LI0103"]) == ()


def test_the_largest_sum_wins_over_the_first_found():
    links = propose_links(["CHEN1207X", "CHEM1288"], ["CHEM1207X", "CHEM12880"])
    assert {(one.same_as, one.code) for one in links} == {
        ("CHEN1207X", "CHEM1207X"),
        ("CHEM1288", "CHEM12880"),
    }


def test_a_community_of_thousands_is_linked():
    rng = random.Random(1)
    letters, digits = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
    made = {
        "".join(rng.choices(letters, k=6)) + "".join(rng.choices(digits, k=4)) for _ in range(2_000)
    }
    codes = sorted(made)
    slips = [code[:6] + code[7] + code[6] + code[8:] for code in codes]
    links = propose_links(codes, [*slips, "NEWPERSON1"])
    right = sum(one.same_as[:6] == one.code[:6] for one in links)
    moved = sum(a != b for a, b in zip(codes, slips, strict=True))
    assert right >= 0.98 * moved
    assert len(links) - right <= 5


@given(st.lists(st.text("AB12", min_size=3, max_size=6), max_size=8), st.data())
def test_one_to_one(codes, data):
    others = data.draw(st.lists(st.text("AB12", min_size=3, max_size=6), max_size=8))
    links = propose_links(codes, others)
    assert len({link.code for link in links}) == len(links) == len({x.same_as for x in links})
    assert all(0.6 <= link.similarity <= 1 for link in links)


def study_of(links=(), pre=("WANG0812", "LI1203"), post=("wang 0182", "LI1203")):
    lines = [f"{code},{wave},3" for wave, codes in (("pre", pre), ("post", post)) for code in codes]
    data = {"s.csv": ("code,wave,q1\n" + "\n".join(lines) + "\n").encode()}
    survey = {"respondent": "code", "wave": "wave", "files": [{"path": "s.csv"}]}
    survey["links"] = [link.model_dump() for link in links]
    measures = [{"name": "m", "items": ["q1"], "range": [1, 5]}]
    plan = parse_plan(write_plan(plan_from_dict({"survey": survey, "measures": measures})))
    return plan, read_study(plan, data)


def matched(study):
    people = study.survey.keys.groupby("wave")["respondent"].apply(set)
    return people["pre"] & people["post"]


def test_nothing_merges_without_an_accepted_link():
    _, study = study_of()
    assert matched(study) == {"LI1203"}


def test_an_accepted_link_is_kept_with_who_and_when():
    link = Link(
        code="WANG0182",
        same_as="WANG0812",
        similarity=0.875,
        accepted_by="Ms Chen",
        accepted_at="2026-10-01T09:30:00",
    )
    plan, study = study_of([link])
    assert plan.survey.links == [link]
    assert matched(study) == {"LI1203", "WANG0812"}


def test_links_in_a_chain_and_in_a_ring_end():
    chain = [Link(code="A3", same_as="A2"), Link(code="A2", same_as="A1")]
    _, study = study_of(chain, pre=("A1", "B1"), post=("A3", "B2"))
    assert matched(study) == {"A1"}
    ring = [Link(code="A3", same_as="A1"), Link(code="A1", same_as="A3")]
    _, study = study_of(ring, pre=("A1", "B1"), post=("A3", "B2"))
    assert len(study.survey.keys) == 4


def test_leading_zeros_meet_unless_two_people_would_become_one():
    _, study = study_of(pre=("007", "12"), post=("7", "012"))
    assert matched(study) == {"7", "12"}
    _, study = study_of(pre=("007", "7"), post=("7", "12"))
    assert matched(study) == {"7"}


def test_a_link_that_makes_two_rows_of_one_wave_follows_the_duplicates_policy():
    link = [Link(code="WANG0182", same_as="WANG0812")]
    _, study = study_of(link, pre=("WANG0812", "WANG0182"), post=("WANG0812", "LI1203"))
    assert [one.code for one in study.issues] == ["duplicate"]
    assert study.survey.keys["respondent"].tolist().count("WANG0812") == 2
