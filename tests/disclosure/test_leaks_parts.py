"""A part shown beside the whole: what the rest answered is not told of a few."""

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import RefusedReleaseError, make_release
from analysis.results import SUPPRESSED, NotEstimable, Suppressed
from analysis.surveys.filters import filter_study
from tests.errors import coded
from tests.studies import make_study

SCALE = {"name": "m", "range": [1, 5], "important_difference": 1}
YES_NO = {"name": "m", "kind": "binary", "range": [0, 1]}


def study_of(here, there, measure=SCALE, **more):
    """People of two communities, A and B, before and after."""
    before, after = (np.r_[one, other] for one, other in zip(here, there, strict=True))
    site = ["A"] * len(here[0]) + ["B"] * len(there[0])
    return make_study(
        {"pre": {"m": before}, "post": {"m": after}},
        measures=[measure],
        facts={"site": site * 2},
        survey={"site": "site"},
        **more,
    )


def scale_study(n_there):
    rng = np.random.default_rng(2)
    here = rng.integers(1, 6, (2, 48)).astype(float)
    return study_of(here, rng.integers(1, 6, (2, n_there)).astype(float))


def show_both(study, *, part_first=False):
    """Release the whole and the part of A, one beside the other."""
    part = filter_study(study, {"site": ["A"]})
    first, then = (part, study) if part_first else (study, part)
    told, release = make_release(evaluate(first), first, "funder")
    beside, _ = make_release(evaluate(then), then, "funder", [release])
    return (beside, told) if part_first else (told, beside)


def differences(whole, part):
    """What is left, answer by answer, where both tell it of the same answers."""
    for one in part:
        other = next(w for w in whole if (w.item, w.wave) == (one.item, one.wave))
        for name, n in one.counts.items():
            m = other.counts.get(name, SUPPRESSED)
            if not isinstance(n, Suppressed) and not isinstance(m, Suppressed):
                yield m - n


@pytest.mark.parametrize("part_first", [False, True])
def test_answers_of_a_part_do_not_leave_the_few_of_the_rest(part_first: bool):
    """All less community A: one of the twelve people of B had answered 2."""
    whole, part = show_both(scale_study(12), part_first=part_first)
    assert part.outcomes[0].n.matched == 48, "its change stays"
    assert not [n for n in differences(whole.items, part.items) if 0 < n < 5]
    for one in part.scoring:
        other = next(w for w in whole.scoring if w.wave == one.wave)
        values = dict(other.counts)
        assert not [n for v, n in one.counts if 0 < values.get(v, n) - n < 5]
        assert {one.floor, one.ceiling} == {SUPPRESSED} or one.counts


def test_who_improved_of_a_part_does_not_leave_the_few_of_the_rest():
    """18, 12 and 30 of all less 12, 11 and 25 of A: one of B stayed the same."""
    whole, part = show_both(scale_study(12))
    assert whole.outcomes[0].improved is not None
    assert part.outcomes[0].improved is None
    sizes = {one.name: one for one in part.outcomes[0].effect_sizes}
    assert isinstance(sizes["superiority"], NotEstimable)


def test_answers_of_a_part_are_given_where_the_rest_are_many():
    """Every answer was given by many of the other community, and many changed either way."""
    everything = np.array([(a, b) for a in range(1, 6) for b in range(1, 6)] * 2, dtype=float).T
    whole, part = show_both(study_of(everything, everything))
    assert [list(one.counts.values()) for one in part.items] == [[10] * 5] * 2
    assert list(differences(whole.items, part.items)) == [10] * 10
    assert all(one.counts for one in part.scoring)
    assert part.outcomes[0].improved.n_same == 10


def yes_no(ways):
    return np.repeat([0.0, 0, 1, 1], ways), np.repeat([0.0, 1, 0, 1], ways)


@pytest.mark.parametrize("part_first", [False, True])
def test_yes_of_a_part_does_not_leave_the_few_of_the_rest(part_first: bool):
    """Yes of all at the start less yes of A: two of the twelve people of B."""
    study = study_of(yes_no([12, 14, 12, 10]), yes_no([5, 5, 1, 1]), YES_NO)
    part = filter_study(study, {"site": ["A"]})
    first, then = (part, study) if part_first else (study, part)
    told, release = make_release(evaluate(first), first, "funder")
    assert not isinstance(told.outcomes[0].change, NotEstimable)
    with pytest.raises(RefusedReleaseError, check=coded("release_refused_earlier")):
        make_release(evaluate(then), then, "funder", [release])


def test_yes_of_a_part_is_given_where_the_rest_are_many():
    study = study_of(yes_no([12, 14, 12, 10]), yes_no([6, 7, 8, 9]), YES_NO)
    whole, part = show_both(study)
    assert not isinstance(part.outcomes[0].change, NotEstimable)
    assert list(differences(whole.items, part.items)) == [13, 17, 14, 16]


def test_what_was_told_before_the_part_is_told_again_after_it():
    """The ledger keeps no answers; the whole, once told, stays as it was, and so does the part."""
    study = scale_study(12)
    part = filter_study(study, {"site": ["A"]})
    first, release = make_release(evaluate(study), study, "funder")
    told, second = make_release(evaluate(part), part, "funder", [release])
    assert not any(family.startswith("answer") for family, _, _ in second.record["cells"])
    for one, before in ((study, first), (part, told)):
        again, _ = make_release(evaluate(one), one, "funder", [release, second])
        assert (again.items, again.scoring) == (before.items, before.scoring)
        assert again.outcomes == before.outcomes


def test_a_third_part_is_not_what_two_others_leave_of_the_whole():
    """All less A, less B: of the 12 people of C four answered 1 and four 5."""
    a, b = (np.repeat([1.0, 2, 3, 4, 5], n) for n in ([8, 8, 8, 8, 8], [9, 9, 9, 9, 9]))
    c = np.repeat([1.0, 2, 3, 4, 5], [4, 0, 0, 4, 4])
    site = [*"A" * 40, *"B" * 45, *"C" * 12]
    answers = np.r_[a, b, c]
    study = make_study(
        {"pre": {"m": answers}, "post": {"m": answers[::-1]}},
        facts={"site": site + site[::-1]},
        respondents={"pre": list(range(97)), "post": list(range(96, -1, -1))},
        survey={"site": "site"},
    )
    _, whole = make_release(evaluate(study), study, "funder")
    one = filter_study(study, {"site": ["A"]}, refuse=False)
    told, first = make_release(evaluate(one), one, "funder", [whole])
    assert [sum(i.counts.values()) for i in told.items] == [40, 40]
    two = filter_study(study, {"site": ["B"]}, refuse=False)
    shown, _ = make_release(evaluate(two), two, "funder", [whole, first])
    assert not any(len(i.counts) == 5 and sum(i.counts.values()) == 45 for i in shown.items)
    assert all(not s.counts or len(s.counts) < 5 for s in shown.scoring)
