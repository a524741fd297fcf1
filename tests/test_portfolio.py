"""Studies side by side: pooled by hand, never mixed, small groups hidden, files refused plainly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import portfolio
from analysis.errors import StudyFileError
from analysis.portfolio import (
    Portfolio,
    define,
    describe_measures,
    find_duplicates,
    read_result,
    shorten_result,
    suggest_mapping,
)
from analysis.results import Estimate, NotEstimable

ITEMS = {"q1": "I know the way out", "q2": "I keep a kit"}


def result(name, change=0.5, se=0.1, n=100, *, simulated=False, scale=(1.0, 5.0), **more):
    measure = {"name": "prep", "kind": "scale", "score": "mean", "range": list(scale)}
    measure |= {"items": list(ITEMS), "texts": dict(ITEMS)}
    measure["label"] = {"en": "Preparedness", "zh-Hans": "备灾"}
    settings = {"min_group": 5, "simulated": simulated, "measures": [measure]}
    return {
        "study": {"fingerprint": name, "title": {"en": name}, "settings": settings},
        "flow": {"matched": n},
        "outcomes": [
            {
                "measure": "prep",
                "n": {"matched": n},
                "change": {
                    "estimate": change,
                    "std_error": se,
                    "ci_low": change - 1.96 * se,
                    "ci_high": change + 1.96 * se,
                    "n": n,
                    "method": "paired_t",
                },
            }
        ],
        **more,
    }


def map_all(results, name="Preparedness"):
    """Map every study's measure to one definition, as a person would."""
    once = {r["study"]["fingerprint"]: r for r in results}.values()
    return define(name, [card for r in once for card in describe_measures(r)])


def compare_studies(results) -> Portfolio:
    return portfolio.compare_studies(results, [map_all(results)])


def test_two_equal_studies_pool_to_their_mean():
    found = compare_studies([result("a", 0.4), result("b", 0.6)])
    (measure,) = found.measures
    assert measure.label == {"en": "Preparedness"}
    assert measure.summary.pooled.estimate == pytest.approx(0.5)


def test_the_same_study_twice_counts_once():
    found = compare_studies([result("a"), result("a"), result("b")])
    assert len(found.studies) == 2
    assert len(found.measures[0].studies) == 2


def test_simulated_studies_are_listed_but_not_pooled_with_real_ones():
    found = compare_studies([result("sample", 5.0, simulated=True), result("a"), result("b")])
    assert len(found.studies) == 3
    assert [key for key, _ in found.measures[0].studies] == ["a", "b"]


def test_simulated_studies_alone_are_pooled():
    told = [result("s1", simulated=True), result("s2", simulated=True)]
    assert len(compare_studies(told).measures[0].studies) == 2


def test_a_measure_on_another_range_cannot_be_mapped_to_the_same_definition():
    with pytest.raises(ValueError, match="cannot be pooled"):
        compare_studies([result("a"), result("b", scale=(0.0, 10.0))])


def test_equal_names_and_ranges_are_not_pooled_until_a_person_maps_them():
    told = [result("a", 0.4), result("b", 0.9)]
    assert portfolio.compare_studies(told).measures == ()
    (pooled,) = portfolio.compare_studies(told, [map_all(told)]).measures
    assert len(pooled.studies) == 2


def test_a_measure_changed_since_it_was_mapped_is_not_pooled():
    told = [result("a", 0.4), result("b", 0.9)]
    mapped = map_all(told)
    told[1]["study"]["settings"]["measures"][0]["texts"] = {"q1": "Another question"}
    (pooled,) = portfolio.compare_studies(told, [mapped]).measures
    assert [key for key, _ in pooled.studies] == ["a"]
    assert pooled.changed == ("b",)


def test_nearly_the_same_questions_are_suggested_and_others_are_not():
    told = [result("a"), result("b"), result("c"), result("d", scale=(0.0, 10.0))]
    told[1]["study"]["settings"]["measures"][0]["texts"] = {**ITEMS, "q1": "I know the way out!"}
    told[2]["study"]["settings"]["measures"][0]["texts"] = {"q1": "孤独", "q2": "幸福"}
    cards = portfolio.compare_studies(told).cards
    assert {card.study for card in suggest_mapping(cards)} == {"a", "b"}
    assert suggest_mapping(cards, [define("x", suggest_mapping(cards))]) == ()


CODES = [f"hash{n}" for n in range(40)]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"survey_files": ["f1"]}, {"survey_files": ["f1", "f2"]}, "files"),
        ({"respondents": CODES}, {"respondents": [*CODES[:35], "x", "y"]}, "respondents"),
        (
            {"scores": [[40.0, 2.5, 0.7], [38.0, 3.1, 0.6]]},
            {"scores": [[40.0, 2.5, 0.7], [38.0, 3.1, 0.6]]},
            "answers",
        ),
    ],
)
def test_the_same_data_twice_is_left_out_with_its_reason(one, other, reason):
    told = [result("a", **one), result("b", **other), result("c")]
    found = portfolio.compare_studies(told, [map_all(told)])
    (duplicate,) = found.duplicates
    assert (duplicate.study, duplicate.same_as, duplicate.reason) == ("b", "a", reason)
    assert [row.fingerprint for row in found.studies] == ["a", "c"]
    assert [key for key, _ in found.measures[0].studies] == ["a", "c"]
    # A person may know better: two villages can number their people alike.
    both = portfolio.compare_studies(told, [map_all(told)], [frozenset(("a", "b"))])
    assert len(both.studies) == 3


def test_scores_of_a_results_file_show_the_same_data():
    scoring = [
        {"measure": "prep", "wave": w, "n": 40, "mean": m, "sd": 0.7}
        for w, m in (("pre", 2.5), ("post", 3.1))
    ]
    told = [shorten_result(result(name, scoring=scoring)) for name in ("a", "b")]
    (duplicate,) = find_duplicates(told)
    assert duplicate.reason == "answers"


@pytest.mark.parametrize(
    "more",
    [
        {"respondents": CODES[:9]},
        {"respondents": []},
        {"scores": [[12.0, 2.5, 0.7]]},
        {"survey_files": []},
    ],
)
def test_little_in_common_is_no_duplicate(more):
    assert find_duplicates([result("a", **more), result("b", **more)]) == ()


def test_small_groups_are_hidden_in_every_column():
    rate = {"estimate": 0.5, "ci_low": 0.1, "ci_high": 0.9, "n": 3}
    planted = result(
        "tiny",
        n=3,
        participation={"participants": 3, "reach": rate | {"n": 1000}},
        volunteers={"retention": {"365": rate}},
    )
    found = compare_studies([planted, result("a"), result("b")])
    (row,) = [s for s in found.studies if s.fingerprint == "tiny"]
    hidden = dict(found.measures[0].studies)["tiny"]
    assert row.n_matched is None
    for value in (hidden, row.reach, row.retention_365):
        assert isinstance(value, NotEstimable)
        assert value.reason == "suppressed"
    # Nor can it be worked out from the total: the summary is that of the two others alone.
    without = compare_studies([result("a"), result("b")])
    assert found.measures[0].summary == without.measures[0].summary


def test_shortened_results_compare_alike():
    full = [
        result("a", targets=[{"status": "met", "indicator": "x"}, {"status": "behind"}]),
        result("b", sustainability={"funding": {"runway_months": {"estimate": 4.0, "n": 1}}}),
    ]
    short = [shorten_result(one) for one in full]
    assert compare_studies(short) == compare_studies(full)
    assert compare_studies(short).studies[0].targets_met == 1
    assert compare_studies(short).studies[1].runway_months.estimate == 4.0


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b'{"study": 3}', b"\xff\xfe", b"[" * 5000]
)
def test_what_is_no_results_file_is_refused_by_name(data):
    with pytest.raises(StudyFileError) as caught:
        read_result(data, "mine.json")
    assert caught.value.code == "results_file"
    assert caught.value.details["file"] == "mine.json"


def test_a_results_file_is_read_back():
    told = result("a")
    read = read_result(json.dumps(told).encode(), "a.json")
    assert compare_studies([read]) == compare_studies([told])


@given(st.permutations(["a", "b", "c", "d"]))
def test_order_of_studies_does_not_matter(order):
    changes = {"a": 0.1, "b": 0.5, "c": 0.7, "d": -0.2}
    told = [result(name, changes[name], 0.05 + 0.1 * abs(changes[name])) for name in order]
    sorted_ = [result(name, changes[name], 0.05 + 0.1 * abs(changes[name])) for name in changes]
    here = compare_studies(told).measures[0].summary.pooled
    there = compare_studies(sorted_).measures[0].summary.pooled
    assert isinstance(here, Estimate)
    assert here.estimate == pytest.approx(there.estimate)
    assert here.ci_low == pytest.approx(there.ci_low)
