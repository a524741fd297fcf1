"""Changes of two windows: put together where they can be, told where they cannot."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.workspace.merging import merge_records

BASE = {
    "study": {"title": "Floods"},
    "survey": {"waves": ["pre", "post"], "files": [{"path": "a.csv"}, {"path": "b.csv"}]},
    "measures": [{"name": "m", "range": [1, 5], "items": ["q1", "q2"]}, {"name": "k"}],
}

records = st.dictionaries(
    st.sampled_from("abc"),
    st.one_of(st.integers(0, 2), st.dictionaries(st.sampled_from("xy"), st.integers(0, 2))),
)


def changed(**sections):
    return {**BASE, **sections}


def test_different_settings_are_both_kept():
    mine = changed(survey={**BASE["survey"], "respondent": "code"})
    theirs = changed(survey={**BASE["survey"], "cluster": "house"}, study={"title": "Drought"})
    merge = merge_records(BASE, mine, theirs)
    assert not merge.clashes
    assert merge.value["survey"]["respondent"] == "code"
    assert merge.value["survey"]["cluster"] == "house"
    assert merge.value["study"] == {"title": "Drought"}


def test_entries_of_lists_are_told_apart_by_name():
    mine = changed(
        measures=[{"name": "m", "range": [1, 5], "items": ["q1", "q2", "q3"]}, {"name": "k"}]
    )
    theirs = changed(measures=[{"name": "m", "range": [1, 7], "items": ["q1", "q2"]}])
    merge = merge_records(BASE, mine, theirs)
    assert not merge.clashes
    assert merge.value["measures"] == [{"name": "m", "range": [1, 7], "items": ["q1", "q2", "q3"]}]


def test_two_additions_to_one_list_both_stay():
    mine = changed(survey={**BASE["survey"], "fixes": [{"file": "a.csv", "row": 2}]})
    theirs = changed(survey={**BASE["survey"], "fixes": [{"file": "a.csv", "row": 9}]})
    merge = merge_records(BASE, mine, theirs)
    assert not merge.clashes
    assert [fix["row"] for fix in merge.value["survey"]["fixes"]] == [9, 2]


def test_one_setting_set_two_ways_is_a_clash():
    mine = changed(survey={**BASE["survey"], "cluster": "street"})
    theirs = changed(survey={**BASE["survey"], "cluster": "house"})
    (clash,) = merge_records(BASE, mine, theirs).clashes
    assert (clash.where, clash.mine, clash.theirs) == (("survey", "cluster"), "street", "house")


def test_the_ends_of_a_range_are_one_setting():
    mine = changed(measures=[{"name": "m", "range": [0, 5]}, {"name": "k"}])
    theirs = changed(measures=[{"name": "m", "range": [1, 7]}, {"name": "k"}])
    assert [c.where for c in merge_records(BASE, mine, theirs).clashes] == [
        ("measures", "m", "range")
    ]


def test_changing_what_the_other_took_out_is_a_clash():
    mine = changed(measures=[{"name": "m", "range": [1, 7]}, {"name": "k"}])
    theirs = changed(measures=[{"name": "k"}])
    (clash,) = merge_records(BASE, mine, theirs).clashes
    assert clash.theirs is None


@given(records, records)
def test_a_window_that_changed_nothing_takes_the_other(base, other):
    assert merge_records(base, base, other) == merge_records(base, other, base)
    assert merge_records(base, base, other).value == other
    assert not merge_records(base, base, other).clashes


@given(records, records, records)
def test_clashes_do_not_depend_on_who_asks(base, mine, theirs):
    here, there = merge_records(base, mine, theirs), merge_records(base, theirs, mine)
    assert {c.where for c in here.clashes} == {c.where for c in there.clashes}
    if not here.clashes:
        assert here.value == there.value
