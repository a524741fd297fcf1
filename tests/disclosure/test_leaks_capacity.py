"""Leaks beside the tables: costs of protection, sentences, self-assessments, filters."""

import json
from datetime import date, timedelta
from itertools import combinations_with_replacement

import numpy as np
import pytest

from analysis import Study, evaluate
from analysis.activity_filter import list_groups
from analysis.disclosure import certify, list_costs, protect
from analysis.disclosure.capacity import _round_domain
from analysis.results import SUPPRESSED, Estimate, NotEstimable
from analysis.statistics.t_tests import mean_t
from analysis.sustainability.results import DomainCapacity
from dashboard.exports.results_file import write_results
from dashboard.sentences.incomplete import list_incomplete
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.exports import list_costs as tabulate_costs
from tests.activities import SERVICE, VOLUNTEERS, read_tables


def make_team(n_overdue: int) -> Study:
    """Forty volunteers who serve every fortnight; the first few have not come for six weeks."""
    days = [date(2025, 1, 6) + timedelta(days=14 * k) for k in range(26)]
    rows = [f"V{i:02},{day}" for i in range(40) for day in (days[:-3] if i < n_overdue else days)]
    return read_tables(
        service=("\n".join(["id,date", *rows]), SERVICE),
        retention={"observed_until": date(2026, 1, 6), "lapse_after_days": 90},
        study={"min_group": 5},
    )


@pytest.mark.parametrize("audience", ["funder", "public"])
def test_costs_do_not_tell_how_many_volunteers_are_overdue(audience: str):
    """``costs`` counted the entries of a list that is left out: three were overdue."""
    told = []
    for n_overdue in (0, 1, 3):
        study = make_team(n_overdue)
        inside = evaluate(study)
        shown = protect(inside, study, audience)
        assert len(inside.volunteers.overdue) == n_overdue
        costs = json.loads(write_results(shown))["disclosure"]["costs"]
        told.append([cost for cost in costs if cost[1] != "results"])
        assert {cost[1] for cost in certify(shown).costs} == {"results"}
        table = tabulate_costs(Text("en"), shown.disclosure.costs)
        assert set(table["Single people left out"]) == {"all", "–"}
        whole = {cost[:2]: cost[2:] for cost in list_costs(inside, shown)}
        assert whole.get(("outlook", "people"), (0, 0)) == (n_overdue, n_overdue)
    assert told[0] == [[page, "people", *["suppressed"] * 2] for page in ("hours", "outlook")]
    assert told[0] == told[1] == told[2]


def test_a_manager_is_not_told_that_lists_of_volunteers_are_left_out():
    """A manager works with them."""
    study = make_team(3)
    shown = protect(evaluate(study), study, "manager")
    assert len(shown.volunteers.overdue) == 3
    assert {cost[1] for cost in shown.disclosure.costs} == {"results"}


@pytest.mark.parametrize("settings", [{"joined": "joined"}, {"joined": None}])
def test_a_sentence_about_a_roster_that_lacks_a_column_does_not_count_it(settings: dict[str, str]):
    """The overview said to every reader that three volunteers are listed."""
    roster = "id,joined\nA,2025-01-01\nB,2025-02-01\nC,2025-03-01"
    plan = {"volunteer": "id", **settings}
    study = read_tables(volunteers=(roster, plan), study={"min_group": 5})
    for language in LANGUAGES:
        text = Text(language)
        (inside,), (outside,) = (list_incomplete(text, study, a) for a in ("manager", "funder"))
        assert "3" in inside.partition(",")[0].partition("，")[0]
        assert "3" not in outside.partition(",")[0].partition("，")[0]


def make_ratings(first: list[int], then: list[int] | None = None) -> Study:
    """One domain, one question from 1 to 5; the same raters twice."""
    waves = {"pre": first, **({"post": then} if then else {})}
    rows = [f"R{r},money,{w},{s}" for w, scores in waves.items() for r, s in enumerate(scores)]
    columns = {name: name for name in ("rater", "domain", "wave", "score")}
    settings = {**columns, "range": [1, 5], "target": 4}
    content = "\n".join(["rater,domain,wave,score", *rows])
    return read_tables(capacity=(content, settings), study={"min_group": 5})


def share_ratings(study: Study, audience: str):
    """Give the capacity that an audience gets."""
    return protect(evaluate(study), study, audience).sustainability.capacity


@pytest.mark.parametrize("scores", [[1, 5, 5, 5, 5, 4], [2, 3, 3, 4, 4, 5], [3] * 9 + [1, 4, 4]])
def test_a_mean_of_raters_does_not_tell_their_answers(scores: list[int]):
    """Mean and standard error left one list of the answers of all six raters."""
    (told,) = share_ratings(make_ratings(scores), "funder").domains
    mean = told.mean
    assert (mean.std_error, told.gap) == (SUPPRESSED, pytest.approx(4 - mean.estimate))
    fits = []
    for guess in combinations_with_replacement(range(1, 6), len(scores)):
        study = share_of(guess)
        if study == (mean.estimate, mean.ci_low, mean.ci_high):
            fits.append(guess)
    assert tuple(sorted(scores)) in fits
    for answer in range(1, 6):
        numbers = {guess.count(answer) for guess in fits}
        assert len(numbers) > 1 or not 0 < min(numbers) < 5


def share_of(guess: tuple[int, ...]) -> tuple[float | None, ...]:
    """What a reader would be given of these answers."""
    inside = DomainCapacity(
        domain="money",
        wave="pre",
        group="",
        mean=mean_t(np.array(guess, dtype=float)),
        change=None,
        target=4.0,
        gap=None,
    )
    mean = _round_domain(inside, 1.0, 5).mean
    return mean.estimate, mean.ci_low, mean.ci_high


def test_a_change_of_raters_does_not_tell_how_few_changed():
    """Sum and sum of squares said that one rater of six changed, by two."""
    *_, told = share_ratings(make_ratings([2, 2, 3, 3, 4, 2], [4, 2, 3, 3, 4, 2]), "funder").domains
    change = told.change
    assert change.estimate == pytest.approx(0.4)
    assert (change.std_error, change.statistic, change.p_value) == (SUPPRESSED,) * 3
    assert not change.details
    assert change.ci_low < 0 < change.ci_high


def test_few_raters_beside_the_highest_answer_are_not_told():
    """4.83 of six raters said that exactly one of them did not give the highest answer."""
    (told,) = share_ratings(make_ratings([5, 5, 5, 5, 5, 4]), "funder").domains
    assert isinstance(told.mean, NotEstimable)
    assert told.gap is SUPPRESSED


@pytest.mark.parametrize("scores", [[2], [2, 4]])
def test_a_manager_does_not_see_the_scores_of_one_or_two_raters(scores: list[int]):
    """Self-assessments are answers of colleagues: a manager saw the mean of one rater."""
    few = make_ratings(scores)
    shown = protect(evaluate(few), few, "manager")
    assert shown.sustainability.capacity is None
    assert "weakest_domain" not in {
        row.code for row in shown.sustainability.scorecard if isinstance(row.value, Estimate)
    }
    study = make_ratings([2, 2, 3, 3, 4, 2])
    (told,) = share_ratings(study, "manager").domains
    assert isinstance(told.mean, Estimate)
    assert (told.mean.n, told.mean.std_error) == (6, SUPPRESSED)


def test_filters_offer_readers_no_value_that_few_have():
    """The kind of session to which one person came stood in everybody's list of choices."""
    rows = [f"P{p},S{p % 2},2026-01-0{1 + p % 2},{kind}" for p, kind in enumerate("aaaaaabbbbbbc")]
    columns = {name: name for name in ("person", "session", "date", "kind")}
    content = "\n".join(["person,session,date,kind", *rows])
    study = read_tables(attendance=(content, columns), study={"min_group": 5})
    assert list_groups(study, ["attendance"]) == {"kind": ["a", "b", "c"]}
    assert list_groups(study, ["attendance"], 5) == {"kind": ["a", "b"]}


def test_a_session_that_is_withheld_is_not_called_unusual():
    """``outside`` of a session with two people said that its share is far from the others'."""
    came = [30, 31, 29, 30, 2, 30, 31, 30]
    rows = [
        f"P{p:02},S{s},2026-01-{10 + s},{'yes' if p < n else 'no'}"
        for s, n in enumerate(came)
        for p in range(40)
    ]
    columns = {name: name for name in ("person", "session", "date", "attended")}
    content = "\n".join(["person,session,date,attended", *rows])
    study = read_tables(attendance=(content, columns), study={"min_group": 5})
    inside = evaluate(study)
    assert inside.participation.per_session[4].outside
    shown = protect(inside, study, "funder")
    session = shown.participation.per_session[4]
    assert session.attended is SUPPRESSED
    assert not session.outside
    assert "sessions_outside" not in {f.code for f in shown.findings}


def test_role_holders_are_people_and_not_rows():
    """Twenty helpers held a role 21 times: one stood twice on the roster."""
    rows = [f"V{i:02},2025-01-{1 + i:02},,helper,{'X' if i < 8 else ''}" for i in range(20)]
    rows.append("V03,2025-01-25,,helper,X")
    scores = [f"R{r},D,{1 + r % 5}" for r in range(9)]
    study = read_tables(
        volunteers=(
            "\n".join(["id,joined,left,role,successor", *rows]),
            {**VOLUNTEERS, "role": "role", "successor": "successor"},
        ),
        capacity=(
            "\n".join(["rater,domain,score", *scores]),
            {"rater": "rater", "domain": "domain", "score": "score", "range": [1, 5]},
        ),
        retention={"observed_until": date(2026, 3, 31)},
        study={"min_group": 5},
    )
    shown = protect(evaluate(study), study, "funder")
    assert shown.sustainability.capacity.leadership == (("helper", 20, 8),)
    assert shown.volunteers.roles == (("helper", 20),)


@pytest.mark.parametrize("audience", ["funder", "manager"])
def test_agreement_is_not_told_of_two_raters_of_many_domains(audience: str):
    """The board of two agreed in full over six domains: each had answered as the other."""
    rows = [f"R{r},residents,D{d},{1 + (r * 3 + d * 2) % 5}" for r in range(8) for d in range(6)]
    rows += [f"B{r},board,D{d},{1 + d * 3 % 5}" for r in range(2) for d in range(6)]
    names = {"rater": "rater", "domain": "domain", "score": "score", "group": "group"}
    study = read_tables(
        capacity=("\n".join(["rater,group,domain,score", *rows]), {**names, "range": [1, 5]}),
        study={"min_group": 5},
    )
    shown = protect(evaluate(study), study, audience).sustainability.capacity
    told = {group: icc for _, group, icc in shown.agreement}
    assert told["board"].reason == "suppressed"
