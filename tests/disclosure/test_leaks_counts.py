"""Counts of the answers of one set of people minus those of another: what is left are many."""

from itertools import combinations

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import make_release, protect
from analysis.results import SUPPRESSED, Estimate, NotEstimable, Suppressed
from tests.studies import make_study

YES_NO = {"name": "k", "kind": "binary", "range": [0, 1]}


def answers_of(ways):
    """Answers before and after of so many people: no–no, no–yes, yes–no, yes–yes."""
    return np.repeat([0.0, 0, 1, 1], ways), np.repeat([0.0, 1, 0, 1], ways)


def study_of(before, after, measure=YES_NO, **more):
    name = measure["name"]
    return make_study({"pre": {name: before}, "post": {name: after}}, measures=[measure], **more)


def show(study):
    return protect(evaluate(study), study, "funder")


def is_told(counts):
    return bool(counts) and not any(isinstance(n, Suppressed) for n in counts)


def leavers_study(left):
    """40 people before; those after are the first 32."""
    before, after = answers_of([7, 7, 8, 10])
    return study_of(np.r_[before, left], after)


def test_those_who_left_are_not_known_by_everybody_minus_the_matched():
    """Yes/no: 20 of 40 said yes at the start, 18 of the 32 matched: 2 of the 8 who left."""
    shown = show(leavers_study(np.repeat([0.0, 1.0], [6, 2])))
    assert isinstance(shown.outcomes[0].change.estimate, float), "the headline stays"
    assert isinstance(shown.outcomes[0].levels[0], Estimate)
    first = next(one for one in shown.scoring if one.wave == "pre")
    assert not is_told([n for _, n in first.counts])
    assert all(one.n in (32, SUPPRESSED) for one in shown.items)


def test_answers_of_everybody_are_given_where_many_left_with_each():
    shown = show(leavers_study(np.repeat([0.0, 1.0], [6, 6])))
    first = next(one for one in shown.scoring if one.wave == "pre")
    assert first.counts == ((0.0, 20), (1.0, 24))


def test_those_who_left_are_not_known_answer_by_answer():
    """Category: answers of all at the start minus the rows of the table of the matched."""
    ways = [8, 6, 5, 5, 9, 6, 6, 5, 10]
    before = np.repeat(np.repeat([0.0, 1, 2], 3), ways)
    after = np.repeat(np.tile([0.0, 1, 2], 3), ways)
    measure = {"name": "k", "kind": "category", "order": ["a", "b", "c"]}
    shown = show(study_of(np.r_[before, [0.0] * 5, 1, 2, 2], after, measure))
    assert shown.outcomes[0].transitions, "the headline stays"
    first = next(one for one in shown.items if one.wave == "pre")
    assert list(first.counts.values()) == [19, 20, 21], "of the matched"


def test_a_withheld_group_is_not_the_total_minus_the_others():
    """Yes/no: 3 women from yes to no are withheld; all minus the men gave them."""
    women, men = answers_of([9, 6, 3, 8]), answers_of([8, 9, 7, 10])
    shown = show(
        study_of(
            *(np.r_[one, other] for one, other in zip(men, women, strict=True)),
            categories={"sex": (["m"] * 34 + ["f"] * 26) * 2},
        )
    )
    outcome = shown.outcomes[0]
    assert isinstance(outcome.change.estimate, float)
    assert outcome.improved is not None
    (groups,) = (one.groups for one in outcome.subgroups)
    assert all(isinstance(one.change, NotEstimable) for one in groups)


def test_groups_are_given_where_many_of_each_took_every_way():
    women, men = answers_of([9, 6, 5, 8]), answers_of([8, 9, 7, 10])
    both = [np.r_[one, other] for one, other in zip(men, women, strict=True)]
    shown = show(study_of(*both, categories={"sex": (["m"] * 34 + ["f"] * 28) * 2}))
    (groups,) = (one.groups for one in shown.outcomes[0].subgroups)
    assert all(isinstance(one.change.estimate, float) for one in groups)


def test_worst_and_best_case_do_not_give_the_last_wave():
    """Yes/no: 3 of 32 said yes at the end, withheld everywhere but in the worst case."""
    rng = np.random.default_rng(0)
    before = rng.permutation(np.repeat([0.0, 1.0], [20, 20]))
    after = rng.permutation(np.repeat([0.0, 1.0], [29, 3]))
    shown = show(study_of(before, after))
    assert shown.bounds
    assert all(one.low in (None, SUPPRESSED) for one in shown.bounds)


def test_a_group_of_the_comparison_does_not_give_those_who_left_it():
    """Yes/no: the mean of all treated minus the level of the matched treated."""
    (a, b), (c, d) = answers_of([7, 7, 8, 10]), answers_of([8, 6, 7, 11])
    before = np.r_[a, np.repeat([0.0, 1.0], [6, 2]), c, np.repeat([0.0, 1.0], [4, 4])]
    stay = [*range(32), *range(40, 72)]
    codes, treated = [f"p{i}" for i in range(80)], [True] * 40 + [False] * 40
    who = [*range(80), *stay]
    study = study_of(
        before,
        np.r_[b, d],
        respondents={"pre": codes, "post": [codes[i] for i in stay]},
        facts={
            "treated": [treated[i] for i in who],
            "group": ["T" if treated[i] else "C" for i in who],
        },
        survey={"group": "group", "treated": ["T"]},
    )
    shown = show(study)
    assert isinstance(shown.outcomes[0].levels[0], Estimate)
    means = {(group, wave): mean for group, wave, mean in shown.comparison[0].means}
    assert isinstance(means["treated", "pre"], NotEstimable)


def test_gains_below_the_threshold_are_not_those_of_superiority_minus_the_improved():
    """Superiority counts who gained at all, the shares who gained enough: 2 lay between."""
    gains = np.repeat([1.0, 0.5, 0.0, -1.0], [13, 2, 8, 7])
    before = np.array([2, 2.5, 3, 3.5, 4])[np.random.default_rng(1).integers(0, 5, gains.size)]
    both = [[np.floor(x), 2 * x - np.floor(x)] for x in (before, before + gains)]
    measure = {"name": "m", "range": [1, 5], "important_difference": 1.0}
    outcome = show(study_of(*both, measure)).outcomes[0]
    assert outcome.improved is not None
    assert outcome.improved.n_better == 13
    sizes = {one.name: one for one in outcome.effect_sizes}
    assert isinstance(sizes["superiority"], NotEstimable)
    assert isinstance(sizes["rank_biserial"], NotEstimable)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_question_that_is_a_measure_is_joined_in_one_way(reverse: bool):
    """Scores 4–5 were 8 people and the answer 4 was 6: two people answered 5."""

    def given(counts):
        return np.repeat(np.arange(1.0, 8), counts)

    after = np.random.default_rng(0).permutation(given([8, 3, 7, 5, 10, 5, 2]))
    measure = {"name": "m", "range": [1, 7]} | ({"reversed": ["m_1"]} if reverse else {})
    study = study_of(given([5, 4, 17, 6, 2, 5, 1]), after, measure)
    shown = show(study)
    for score in shown.scoring:
        item = next(one for one in shown.items if one.wave == score.wave)
        told = [n for n in item.counts.values() if n]
        assert is_told(told)
        assert [n for _, n in score.counts] == (told[::-1] if reverse else told)
        whole = dict(next(s for s in evaluate(study).scoring if s.wave == score.wave).counts)
        assert sum(n * v for v, n in score.counts) == pytest.approx(
            sum(n * v for v, n in whole.items()), abs=sum(whole.values())
        )


@pytest.mark.parametrize("seed", range(3))
def test_no_counts_of_yes_that_are_told_differ_by_a_few(seed: int):
    """Of everybody, the matched and each group, in one wave: no difference of two is small."""
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, 2, 70).astype(float), rng.integers(0, 2, 60).astype(float)
    sex = rng.choice(["f", "m"], 70).tolist()
    shown = show(study_of(before, after, categories={"sex": sex + sex[:60]}))
    told = [
        sorted((n * estimate, n * (1 - estimate)))
        for o in shown.outcomes
        for n, estimate in [(e.n, e.estimate) for e in o.levels[:1] if isinstance(e, Estimate)]
    ]
    told += [
        sorted(n for _, n in one.counts)
        for one in shown.scoring
        if one.wave == "pre" and one.counts
    ]
    for one, other in combinations(told, 2):
        gaps = np.abs(np.subtract(one, other))
        assert all(gap < 0.5 or gap > 4.5 for gap in gaps)


def test_an_earlier_release_counts_answers_without_keeping_them():
    """Who answered what is worked out anew: it is in no ledger, and the same is told again."""
    study = leavers_study(np.repeat([0.0, 1.0], [6, 2]))
    found = evaluate(study)
    first, release = make_release(found, study, "funder")
    families = {family for family, _, _ in release.record["cells"]}
    assert not any(one.startswith("answer:") for one in families), "no answer in the ledger"
    again, _ = make_release(found, study, "funder", [release])
    assert again.outcomes == first.outcomes
    assert again.items == first.items
    assert again.scoring == first.scoring


def two_questions(ways, **measure):
    """Answers of so many people to two questions, the same before and after in another order."""
    before = np.array([way for way, n in ways.items() for _ in range(n)], dtype=float)
    after = before[np.random.default_rng(1).permutation(len(before))]
    return study_of(
        [before[:, 0], before[:, 1]], [after[:, 0], after[:, 1]], {"name": "m", **measure}
    )


ALIKE = {(1, 1): 6, (2, 2): 9, (3, 3): 9, (4, 4): 9, (5, 5): 8}


@pytest.mark.parametrize("reverse", [(), ("m_2",)])
def test_the_ends_of_a_score_do_not_tell_who_answered_otherwise_once(reverse):
    """Seven answered 1 to one question and six to both: one person answered the other with 5."""
    ways = {(1, 5): 1, **ALIKE}
    if reverse:
        ways = {(a, 6 - b): n for (a, b), n in ways.items()}
    shown = show(two_questions(ways, reversed=list(reverse), range=[1, 5]))
    first = next(one for one in shown.items if one.wave == "pre")
    assert first.counts["1"] == 7, "the answers stay"
    for one in shown.scoring:
        assert one.floor is one.ceiling is SUPPRESSED
        assert not one.counts


def test_the_ends_of_a_score_are_given_where_many_answered_otherwise():
    shown = show(two_questions({(1, 5): 6, **ALIKE}, range=[1, 5]))
    for one in shown.scoring:
        assert is_told([one.floor, one.ceiling])
        assert one.counts


def test_all_right_answers_do_not_tell_who_was_right_once():
    """24 were right in the first question, 23 in both: one in the first alone."""
    ways = {(1, 1): 20, (1, 0): 2, (0, 1): 9, (0, 0): 9}
    right = {"m_1": "1", "m_2": "1"}
    shown = show(two_questions(ways, kind="knowledge", correct=right))
    assert all(is_told(one.counts.values()) for one in shown.items)
    assert all(one.ceiling is SUPPRESSED for one in shown.scoring)
