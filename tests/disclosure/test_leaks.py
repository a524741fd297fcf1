"""What the attacker of benchmarks/attack found: each stays closed."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis import evaluate
from analysis.disclosure import make_release, protect
from analysis.disclosure.cells import Cell, People, bits_of, rows_cell
from analysis.disclosure.suppression import Auditor, find_revealed
from analysis.disclosure.tables import find_left_out
from analysis.funder_summary import weigh_evidence
from analysis.results import SUPPRESSED, Caution, Estimate, NotEstimable
from analysis.sections import find_all
from analysis.surveys.dose import line_places
from analysis.surveys.results import AttritionRow
from benchmarks.attack.bounds import attack_amounts, attack_months, attack_scores
from benchmarks.attack.made_studies import draw_study
from benchmarks.attack.spoils import Spoils, number, walk
from dashboard.content.format import say_cell
from dashboard.content.topics.attrition import list_attrition
from dashboard.content.topics.participation import draw_engagement, list_engagement
from dashboard.exports.report import build_report
from dashboard.exports.results_file import write_results
from dashboard.exports.workbook import write_workbook
from dashboard.sentences import say_caution
from dashboard.text import LANGUAGES, Text
from tests.activities import SERVICE, read_tables
from tests.figures.plotly_view import view
from tests.studies import make_study

PEOPLE = 60
LEAST = 5


def test_levels_of_a_model_over_everyone_are_not_shown_beside_the_matched():
    """170 people matched and 172 in the model: its levels gave the answers of the two."""
    study, _ = draw_study(100)
    found = protect(evaluate(study), study, "funder")
    outcome = next(o for o in found.outcomes if o.measure == "kit")
    sizes = {e.n for e in outcome.levels if not isinstance(e, NotEstimable)}
    assert sizes <= {outcome.n.matched}


@pytest.mark.parametrize("n_treated", [3, 6])
def test_a_target_tells_no_more_than_the_comparison_of_groups(n_treated: int):
    """A target of the programme's people was computed from the study again, whatever was hidden."""
    rng, group = np.random.default_rng(3), ["new"] * n_treated + ["old"] * (30 - n_treated)
    before = np.round(rng.normal(3, 0.5, 30), 1)
    study = make_study(
        {"pre": {"m": before}, "post": {"m": before + rng.normal(0.3, 0.3, 30)}},
        facts={"treated": [one == "new" for one in group] * 2, "group": group * 2},
        survey={"group": "group", "treated": ["new"]},
        targets=["m.post.mean", "m.post.median", "m.change"],
    )
    whole = evaluate(study)
    shown = protect(whole, study, "funder")
    means = {(group, wave): mean for group, wave, mean in shown.comparison[0].means}
    mean, median, change = (target.actual for target in shown.targets)
    assert all(isinstance(target.actual, Estimate) for target in whole.targets)
    assert isinstance(median, NotEstimable)
    if n_treated < LEAST:
        assert (mean.reason, change.reason) == ("suppressed", "suppressed")
        assert [target.baseline for target in shown.targets] == [None] * 3
    else:
        assert mean.estimate == means["treated", "post"].estimate
        assert change.estimate == shown.outcomes[0].change.estimate


@pytest.mark.parametrize("seed", range(5))
def test_four_people_stand_alone_also_where_others_are_likelier(seed: int):
    """The sum of four people's answers, spread over seven sums, among forty other sums."""
    rng = np.random.default_rng(seed)
    masks = [rng.random(PEOPLE) < 0.5 for _ in range(40)]
    four = np.isin(np.arange(PEOPLE), rng.choice(PEOPLE, 4, replace=False))
    bits = [bits_of(np.flatnonzero(mask)) for mask in masks]
    cells = [
        Cell(family="score", label="x", terms=(("pre", 1.0 / mask.sum(), who),))
        for mask, who in zip(masks, bits, strict=True)
    ]
    assert not find_revealed(cells, LEAST)
    spread = [("pre", -1.0, who) for who in bits[:6]]
    spread.append(("pre", 1.0, bits_of(np.flatnonzero(four))))
    cells.append(Cell(family="score", label="y", terms=tuple(spread)))
    assert set(find_revealed(cells, LEAST)) <= set(np.flatnonzero(four).tolist())
    assert find_revealed(cells, LEAST)


@pytest.mark.parametrize("seed", [100, 101, 107])
def test_no_time_is_that_of_one_volunteer(seed: int):
    """The last day of the curve, of which the horizon is made, is one person's."""
    study, _ = draw_study(seed)
    inside = evaluate(study)
    team = protect(inside, study, "funder").volunteers
    told = json.dumps(json.loads(write_results(protect(inside, study, "funder")))["volunteers"])
    last = inside.volunteers.curve.time_days[-1]
    assert f'"last_day": {last}' not in told
    assert team.rmst_horizon_days == 365 or team.rmst_horizon_days % 30 == 0
    assert all(day % 10 == 0 or day == 365 for day in team.curve.time_days)


def test_places_of_a_line_do_not_tell_its_ends():
    """Nine equal steps from the fewest to the most sessions gave both away."""
    middle = {
        tuple(x for x in line_places(low, high) if 4 <= x <= 8)
        for low in (0, 1)
        for high in range(10, 16)
    }
    assert middle == {(4.0, 6.0, 8.0)}
    assert line_places(0, 0.5)[0] == 0


def test_one_volunteer_less_than_in_an_earlier_release_is_not_told():
    """Hours, numbers and stays of both releases would be those of one person."""
    study, _ = draw_study(104)
    _, first = make_release(evaluate(study), study, "public")
    team = study.volunteers["volunteer"].iloc[1:]
    later = replace(
        study,
        volunteers=study.volunteers[study.volunteers["volunteer"].isin(team)],
        service=study.service[study.service["volunteer"].isin(team)],
        capacity=study.capacity[study.capacity["rater"] != study.capacity["rater"].iloc[0]],
        attendance=study.attendance.iloc[1:],
    )
    inside = evaluate(later)
    shown, _ = make_release(inside, later, "funder", [first])
    assert inside.volunteers is not None
    assert (shown.volunteers, shown.participation, shown.sustainability.capacity) == (None,) * 3
    left_out = {"volunteers_left_out", "participation_left_out", "capacity_left_out"}
    assert left_out <= {one.code for one in shown.cautions}
    for language in LANGUAGES:
        assert "5" in " ".join(
            say_caution(Text(language), c) for c in shown.cautions if c.code in left_out
        )
    again, _ = make_release(evaluate(study), study, "funder", [first])
    assert again.volunteers is not None


@pytest.mark.parametrize("older", ["without sums", "rows as people"])
def test_a_ledger_of_an_older_version_is_not_passed_silently(older: str):
    """Its attendances are not entered by person: seven more of one person were not seen."""
    study, _ = draw_study(104)
    inside = evaluate(study)
    _, first = make_release(inside, study, "public")
    cells = [one for one in first.record["cells"] if one[0] != "contacts"]
    if older == "rows as people":
        cells.append(["contacts", "participation.contacts", [["n", 1.0, "0xffff"]]])
    before = replace(first, record={**first.record, "cells": cells})
    shown, release = make_release(inside, study, "funder", [before])
    assert shown.participation is None
    assert shown.volunteers is not None, "its hours are entered by person"
    (why,) = [one for one in shown.cautions if one.code == "participation_not_compared"]
    assert "older version" in say_caution(Text("en"), why)
    assert "旧版" in say_caution(Text("zh-Hans"), why)
    for language, said in (("en", "older version"), ("zh-Hans", "旧版")):
        text = Text(language)
        report = build_report(shown, study, text, "funder")
        (part,) = [one for one in report.sections if one.key == "participation"]
        assert said in " ".join(part.cautions), "documents passed over it"
        book = load_workbook(io.BytesIO(write_workbook(shown, study, text, "funder")))
        cells = book[part.heading].iter_rows(values_only=True)
        assert any(said in str(value) for row in cells for value in row)
    # The ledger holds nothing of what was left out: the next release is judged by it.
    assert {"people", "contacts"}.isdisjoint(cell.family for cell in release.cells(People()))


@pytest.mark.parametrize("seed", [1030, 1009])
def test_a_distribution_is_not_worked_out_from_mean_spread_and_ends(seed: int):
    """Seventeen scores were too many for the audit: seven counts of few followed."""
    study, _ = draw_study(seed)
    inside = evaluate(study)
    own, given = (json.loads(write_results(e)) for e in (inside, protect(inside, study, "funder")))
    spoils = Spoils()
    attack_scores(own, given, spoils)
    assert dict(spoils.cells) == {}
    assert [row for row in given["scoring"] if row["counts"]], "bins are given all the same"


def test_a_lorenz_curve_does_not_tell_how_many_came_once():
    """Eight people with twelve contacts, the next five with ten: four came once."""
    study, truth = draw_study(1021)
    given = json.loads(write_results(protect(evaluate(study), study, "funder")))
    assert len(given["participation"]["lorenz"]) > 3
    spoils = Spoils()
    attack_amounts(given, truth, spoils)
    assert dict(spoils.cells) == {}


@pytest.mark.parametrize("seed", [9100, 9105, 9109])
def test_how_often_people_came_is_given_in_steps_that_tell_nobody(seed: int):
    """With one number under five nothing was given; exact ones stood beside no audit."""
    study, truth = draw_study(seed)
    inside = evaluate(study)
    shown, release = make_release(inside, study, "funder")
    assert min(n for _, n in inside.participation.engagement) < LEAST
    steps = shown.participation.engagement
    assert len(steps) > 2
    assert all(n >= LEAST and n % LEAST == 0 for _, n in steps)
    (people,) = [c for c in release.cells(People()) if c.label == "participation.participants"][:1]
    parts = {c for c in release.cells(People()) if c.label.startswith("participation.engagement")}
    masks = [who for cell in parts for _, _, who in cell.terms]
    assert sum(masks) == people.terms[0][2], "each person in one step"
    assert all(mask.bit_count() >= LEAST for mask in masks)
    spoils = Spoils()
    attack_amounts(json.loads(write_results(shown)), truth, spoils)
    assert dict(spoils.cells) == {}
    for language, last in (("en", "or more"), ("zh-Hans", "次及以上")):
        text = Text(language)
        table = list_engagement(shown.participation, text, 0, in_steps=True).frame
        drawn = view(draw_engagement(shown.participation, text, in_steps=True)).data[0]
        assert list(table.iloc[:, 0]) == list(drawn.x)
        assert drawn.x[-1] == text("{n} or more", n=steps[-1][0])
        assert last in drawn.x[-1]
        assert list(drawn.y) == [n for _, n in steps]


def test_a_sheet_on_which_nobody_came_is_protected_too():
    study, _ = draw_study(104)
    absent = replace(study, attendance=study.attendance.assign(attended=False))
    shown, _ = make_release(evaluate(absent), absent, "funder")
    assert shown.participation.participants == 0
    assert shown.participation.engagement == ()


def test_a_table_with_blanks_is_compared_with_earlier_ones_too():
    """A blank in a column of text is no text; protecting the release failed."""
    study, _ = draw_study(104)
    service = study.service.assign(activity=study.service["activity"].astype("str"))
    service.loc[service.index[:3], "activity"] = None
    blank = replace(study, service=service)
    assert find_left_out(blank, People(), Auditor(least=LEAST)) == ()


@pytest.mark.parametrize("seed", [136, 144, 195])
def test_an_item_that_is_given_was_judged(seed: int):
    """A middle wave has no people of the change: an empty set passed, and everybody was given."""
    study, _ = draw_study(seed)
    shown, release = make_release(evaluate(study), study, "funder")
    judged = {cell.label for cell in release.cells(People())}
    given = {
        f"items.{one.measure}.{one.item}.{one.wave}" for one in shown.items if one.n != SUPPRESSED
    }
    assert len({one.wave for one in shown.items}) == 3
    assert given
    assert given <= judged


def test_of_how_few_people_nothing_could_be_estimated_is_withheld():
    """Two treated people: the course of a yes/no question was refused, with its n of 2."""
    study, _ = draw_study(166)
    inside = evaluate(study)

    def few(evaluation):
        records = (r for _, r in walk(json.loads(write_results(evaluation))))
        refused = (r for r in records if isinstance(r, dict) and r.get("estimate", 0) is None)
        return [r["n"] for r in refused if number(r.get("n")) and 0 < r["n"] < LEAST]

    assert few(inside)
    assert few(protect(inside, study, "funder")) == []


def test_a_gini_coefficient_leaves_in_two_places():
    study, _ = draw_study(340)
    inside = evaluate(study)
    exact, told = (
        one.participation.gini for one in (inside, protect(inside, study, "funder", rounded=False))
    )
    assert told.estimate == round(exact.estimate, 2) != exact.estimate
    assert told.std_error == SUPPRESSED


def test_bounds_of_the_lost_are_judged_beside_everything_else():
    """The bounds of the difference add up both groups' answers; Lee's leave out a few people."""
    study, _ = draw_study(1219)
    inside = evaluate(study)
    found = protect(inside, study, "funder")
    assert {b.name for b in inside.bounds} == {"worst_best", "did_worst_best", "lee"}
    assert all(b.low == SUPPRESSED for b in found.bounds if b.name == "lee")
    given = {f"{b.name}.{b.measure}" for b in found.bounds if b.low != SUPPRESSED}
    _, release = make_release(inside, study, "funder", ())
    judged = {cell.label for cell in release.cells(People())}
    assert any(name.startswith("did_worst_best") for name in given)
    assert given <= judged


def sign_ins(sessions: dict[str, range]) -> pd.DataFrame:
    rows = [(f"P{who}", name, "2026-03-01") for name, people in sessions.items() for who in people]
    return pd.DataFrame(rows, columns=["person", "session", "date"])


def test_attendances_of_the_same_few_people_do_not_hide_each_other():
    """Sessions of the same three people are six attendances; all minus the others gave them."""
    people, auditor = People(), Auditor(least=LEAST)
    came = sign_ins({"a": range(20), "b": range(10, 30), "x": range(3), "y": range(3)})

    def release(*sessions: str) -> bool:
        rows = came[came["session"].isin(sessions)]
        return auditor.release(rows_cell("contacts", "+".join(sessions), people, rows, "person"))

    assert release("a", "b", "x", "y")
    assert release("a")
    assert not release("b"), "x and y are left: of three people"
    assert not release("b", "x"), "y is left"


def test_attendances_of_different_few_people_hide_each_other():
    """Three people here and three others there: six people are behind what is left."""
    people, auditor = People(), Auditor(least=LEAST)
    came = sign_ins({"a": range(20), "x": range(3), "y": range(3, 6), "z": range(4, 7)})
    cells = {
        one: rows_cell("contacts", one, people, came[came["session"] == one], "person")
        for one in "axyz"
    }
    assert auditor.release(rows_cell("contacts", "all", people, came, "person"))
    assert auditor.release(cells["a"])
    assert not auditor.release(cells["x"])
    both = came[came["session"].isin(["x", "y"])]
    assert not auditor.release(rows_cell("contacts", "xy", people, both, "person")), "z is left"


@pytest.mark.parametrize("table", ["attendance", "service"])
def test_seven_rows_more_of_one_person_are_not_told(table: str):
    """Nobody is new, and seven rows were many: the difference of two totals was one person's."""
    study, _ = draw_study(104)
    _, first = make_release(evaluate(study), study, "public")
    rows = getattr(study, table)
    who = "person" if table == "attendance" else "volunteer"
    one = rows[rows[who] == rows[who].iloc[0]].head(1)
    times = pd.to_timedelta(np.arange(1, 8), unit="D")
    more = pd.concat([one.assign(date=one["date"] + day) for day in times])
    if table == "attendance":
        more["session"] = [f"{name}+{k}" for k, name in enumerate(more["session"])]
    later = replace(study, **{table: pd.concat([rows, more], ignore_index=True)})
    shown, _ = make_release(evaluate(later), later, "funder", [first])
    assert (shown.participation if table == "attendance" else shown.volunteers) is None


def test_a_session_that_few_missed_does_not_tell_how_many():
    """Thirty came in all and 28 to one session: the two who missed it were told."""
    study, _ = draw_study(104)
    rows = [
        (f"V{k}", f"S{s}", f"2026-03-0{s}")
        for s in (1, 2, 3)
        for k in range(30)
        if not (s == 1 and k < 2) and not (s == 3 and k < 12)
    ]
    came = pd.DataFrame(rows, columns=["person", "session", "date"])
    came["date"] = pd.to_datetime(came["date"])
    told = replace(study, attendance=came, survey=None)
    found = protect(evaluate(told), told, "funder").participation
    attended = {s.session: s.attended for s in found.per_session}
    assert found.participants == 30
    assert attended == {"S1": SUPPRESSED, "S2": 30, "S3": 18}


def test_a_withheld_difference_at_the_start_is_marked_and_not_called_none():
    """“–” said that there was no difference, or that nobody of a side was of the level."""
    text = Text("en")
    for seed in range(100, 110):
        study, _ = draw_study(seed)
        inside = evaluate(study)
        shown = protect(inside, study, "funder", audit=False)
        hidden = [
            row
            for row in (*shown.attrition, *(b for c in shown.comparison for b in c.balance))
            if any(
                isinstance(one, NotEstimable) and one.reason == "suppressed"
                for one in (getattr(row, name, None) for name in ("stayed", "treated"))
            )
        ]
        assert all(row.smd is SUPPRESSED for row in hidden)
        assert all(getattr(row, "p_value", SUPPRESSED) is SUPPRESSED for row in hidden)
        table = list_attrition(shown.attrition, study.plan, text).frame
        withheld = [
            at for at, row in enumerate(shown.attrition) if isinstance(row.stayed, NotEstimable)
        ]
        differences = table["Standardised difference"].iloc[withheld]
        assert {say_cell(text, one) for one in differences} <= {"[c]"}


def test_readers_are_not_told_that_those_lost_were_alike_where_differences_are_withheld():
    """The only variable that differed was withheld; the funder's page said that none did."""
    rows = [
        AttritionRow(
            variable="m",
            level="",
            stayed=NotEstimable(reason="suppressed"),
            left=NotEstimable(reason="suppressed"),
            smd=SUPPRESSED,
            p_value=SUPPRESSED,
        )
    ]
    study, _ = draw_study(101)
    shown = protect(evaluate(study), study, "funder", audit=False)
    told = replace(shown, attrition=tuple(rows))
    assert {f.code for f in find_all(study, told)} & {"lost_alike_shown"}
    assert not {f.code for f in find_all(study, told)} & {"lost_alike"}
    assert [rule.code for rule in weigh_evidence(told)][-1] == "lost_alike_shown"
    alike = replace(rows[0], smd=0.1, p_value=0.5)
    told = replace(shown, attrition=(alike,))
    assert {f.code for f in find_all(study, told)} & {"lost_alike"}


def team_study(n: int, left: int):
    """A team that all joined at the start; of them some come no more after half a year."""
    days = [date(2025, 1, 6) + timedelta(days=30 * k) for k in range(14)]
    rows = [f"V{i:02},{day}" for i in range(n) for day in (days[:6] if i < left else days)]
    return read_tables(
        service=("\n".join(["id,date", *rows]), SERVICE),
        retention={"observed_until": date(2026, 2, 28), "lapse_after_days": 60},
        study={"min_group": LEAST},
    )


@pytest.mark.parametrize(("n", "left"), [(39, 1), (39, 2), (42, 3), (43, 1), (36, 4), (40, 2)])
def test_how_few_left_is_not_told_by_the_outlook_or_the_months(n: int, left: int):
    """The outlook was the team to the person; of 39 people 38 to 42 in the team leave one."""
    study = team_study(n, left)
    inside = evaluate(study).volunteers
    team = protect(evaluate(study), study, "funder").volunteers
    assert (inside.n, inside.left, inside.outlook[0].active) == (n, left, n - left)
    assert (team.n, team.active, team.left) == (n, SUPPRESSED, SUPPRESSED)
    assert (team.outlook, team.outlook_choice, team.backtest) == ((), None, ())
    spoils, given = Spoils(), protect(evaluate(study), study, "funder")
    attack_months(*(json.loads(write_results(one)) for one in (given, evaluate(study))), spoils)
    assert not spoils.cells
    served = [m.active for m in team.monthly if m.active != SUPPRESSED]
    assert all(n - (active - 2) >= LEAST - 1 for active in served)


def test_a_team_of_which_many_left_keeps_its_outlook_without_earlier_ones():
    """That the team was outside 10.6 to 14 left one number of those rounded to 15."""
    study = team_study(60, 12)
    inside = evaluate(study).volunteers
    team = protect(evaluate(study), study, "funder").volunteers
    assert (team.active, team.left) == (48, 12)
    assert [p.month for p in team.outlook] == [p.month for p in inside.outlook]
    assert (team.backtest, team.outlook_choice.inside) == ((), inside.outlook_choice.inside)
    errors = (team.outlook_choice.error_flow, team.outlook_choice.error_as_today)
    assert all(e == SUPPRESSED or e == round(e) for e in errors)


def list_cautions(value: object) -> list[Caution]:
    if isinstance(value, Caution):
        return [value]
    if is_dataclass(value):
        return [c for f in fields(value) for c in list_cautions(getattr(value, f.name))]
    if isinstance(value, Mapping):
        return [c for one in value.values() for c in list_cautions(one)]
    return [c for one in value for c in list_cautions(one)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("seed", [100, 101, 108])
def test_a_caution_of_one_part_counts_nobody_either(seed: int):
    """Those of the whole were withheld; a page showed the same ones of its part in full."""
    study, _ = draw_study(seed)
    inside = evaluate(study)
    shown = list_cautions(protect(inside, study, "funder"))
    about_people = {"n", "share", "low", "high", "smd", "icc", "treated", "comparison"}
    told = {
        (c.code, key, value)
        for c in shown
        for key, value in c.values.items()
        if key in about_people and c.code != "outlook_missed"
    }
    assert {value for _, _, value in told} == {SUPPRESSED}
    assert len(shown) > len(inside.cautions)
    for language in LANGUAGES:
        assert all(say_caution(Text(language), c) for c in shown)
