"""What the names of withheld answers, groups and levels told of single people is closed."""

import numpy as np
import pytest

from analysis import evaluate, read_study
from analysis.disclosure import protect
from analysis.disclosure.naming import OTHERS, hide_answers
from analysis.evaluation import Evaluation
from analysis.plan import plan_from_dict
from analysis.results import SUPPRESSED, Suppressed
from dashboard.content.topics.subgroups import say_hidden
from dashboard.exports.results_file import write_results
from dashboard.sentences.names import value_name
from dashboard.text import LANGUAGES, Text
from tests.studies import make_study


def show(study) -> Evaluation:
    """Give a study as funders get it."""
    return protect(evaluate(study), study, "funder")


def ask_what_helps(others: list[str]):
    """Make a study of a question about washing hands, answered in people's own words."""
    answers = ["Wash hands"] * 24 + others
    plan = plan_from_dict(
        {
            "survey": {
                "waves": ["pre", "post"],
                "respondent": "id",
                "files": [{"path": f"{w}.csv", "wave": w} for w in ("pre", "post")],
            },
            "measures": [
                {
                    "name": "know",
                    "kind": "knowledge",
                    "items": ["k1", "k2"],
                    "correct": {"k1": "Wash hands", "k2": "yes"},
                }
            ],
        }
    )
    rows = [f'{i},"{one}",{["yes", "no"][i % 2]}' for i, one in enumerate(answers)]
    table = "\n".join(["id,k1,k2", *rows, ""]).encode()
    return read_study(plan, {"pre.csv": table, "post.csv": table})


@pytest.mark.parametrize("n", [6, 5, 3])
def test_the_words_of_single_people_are_not_given(n: int):
    """Six people gave six answers, listed in their own words, each withheld: one person each."""
    words = ["Drink water", "Pray", "See Dr Wang", "Li Hua's medicine", "I have HIV", "Sleep"]
    study = ask_what_helps(words[:n])
    shown = show(study)
    assert not [one for one in words if one in str(write_results(shown))]
    first = next(one for one in shown.items if one.item == "k1")
    few = n if n >= 5 else SUPPRESSED
    assert first.counts == {"Wash hands": 24 if n >= 5 else SUPPRESSED, OTHERS: few}


def test_withheld_categories_are_not_of_one_person_each():
    """Five people gave the five answers that were withheld, and no other was: one person each."""
    answers = np.r_[np.zeros(20), np.ones(15), [2, 3, 4, 5, 6]]
    measure = {"name": "job", "kind": "category", "role": "descriptive"}
    shown = show(make_study({"pre": {"job": answers}}, measures=[measure]))
    assert [dict(one.counts) for one in shown.items] == [{"0": 20, "1": 15, OTHERS: 5}]


def test_declared_answers_keep_their_names_and_none_is_said_to_be_nobodys():
    """A zero beside five withheld answers of five people says that each is of one."""
    answers = np.r_[np.zeros(20), np.ones(15), [2, 3, 4, 5, 6]]
    jobs = ["farmer", "trader", "nurse", "teacher", "driver", "cook", "tailor", "baker"]
    measure = {"name": "job", "kind": "category", "role": "descriptive", "order": jobs}
    (one,) = show(make_study({"pre": {"job": answers}}, measures=[measure])).items
    given = [n for n in one.counts.values() if not isinstance(n, Suppressed)]
    assert len(one.counts) == len(jobs)
    # Fifteen are withheld too: six answers of five people were one each, but for one.
    assert given == [20]


def test_groups_of_few_people_have_no_names():
    """Five groups withheld of the five people whom the others leave: one person each."""
    rng = np.random.default_rng(3)
    before = np.round(rng.normal(3, 0.7, 40), 1).clip(1, 5)
    after = np.round(before + rng.normal(0.3, 0.5, 40), 1).clip(1, 5)
    people = ["Han"] * 20 + ["Hui"] * 15 + ["Yi", "Miao", "Zhuang", "Bai", "Dai"]
    study = make_study(
        {"pre": {"m": before}, "post": {"m": after[:32]}},
        categories={"people": [*people, *people[:32]]},
    )
    shown = show(study)
    (found,) = shown.outcomes[0].subgroups
    assert [g.value for g in found.groups] in (["Han", "Hui", OTHERS], ["Han", "Hui"])
    levels = [row.level for row in shown.attrition if row.variable == "people"]
    assert levels == ["Han", "Hui", OTHERS] or levels == [OTHERS, "Han", "Hui"]
    assert "Zhuang" not in str(write_results(shown))


def test_others_have_a_name_in_every_language_and_no_number():
    """One entry stands for several groups: it is not counted as one."""
    assert hide_answers({"a": 20, "b": 9, "c": 3}, (), 5, whole=False) == {
        "a": 20,
        "b": SUPPRESSED,
        OTHERS: SUPPRESSED,
    }
    before = np.arange(1.0, 5.0).repeat(8)
    after = before[::-1].copy()
    people = ["Han"] * 15 + ["Hui"] * 14 + ["Yi", "Miao", "Bai"]
    waves = {"pre": {"m": before}, "post": {"m": after}}
    study = make_study(waves, categories={"people": people * 2})
    (found,) = show(study).outcomes[0].subgroups
    assert OTHERS in [g.value for g in found.groups]
    for language in LANGUAGES:
        text = Text(language)
        assert OTHERS not in value_name(text, study.plan, OTHERS)
        assert "1" not in say_hidden(text, found)
