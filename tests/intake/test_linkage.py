import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.linkage import propose_links


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("WANG0812", "WANG0182", "transposition"),
        ("WANG0812", "WANG0813", "one_character"),
        ("WANG0812", "0812WANG", "swapped_fields"),
        ("000712", "712", "leading_zeros"),
    ],
)
def test_slips_are_proposed(one, other, slip):
    (link,) = propose_links([one, "ZZZZZZ99"], [other, "QQ11"])
    assert (link.code, link.same_as, link.slip) == (other, one, slip)


def test_exact_codes_and_ties_are_never_proposed():
    assert propose_links(["B001", " b002"], ["Ｂ００１", "B002"]) == ()
    assert propose_links(["AB12"], ["AB13", "AB14"]) == ()


@given(st.lists(st.text("AB12", min_size=3, max_size=6), max_size=8), st.data())
def test_one_to_one(codes, data):
    others = data.draw(st.lists(st.text("AB12", min_size=3, max_size=6), max_size=8))
    links = propose_links(codes, others)
    assert len({link.code for link in links}) == len(links) == len({x.same_as for x in links})
    assert all(0.6 <= link.similarity <= 1 for link in links)
