"""Leaks beside the tables: costs of protection, sentences, self-assessments, filters."""

import json
from datetime import date, timedelta

import pytest

from analysis import Study, evaluate
from analysis.disclosure import certify, list_costs, protect
from dashboard.exports.results_file import write_results
from dashboard.sentences.incomplete import list_incomplete
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.exports import list_costs as tabulate_costs
from tests.activities import SERVICE, read_tables


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
