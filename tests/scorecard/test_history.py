"""What an earlier day would have said: only what had happened by then, by the same rules."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis import evaluate, read_study
from analysis.funder_summary import summarise_for_funder
from analysis.plan_tables import FundingPlan
from analysis.scorecard.history import past_snapshots
from dashboard.content.topics.scorecard import say_trend
from dashboard.exports.front import list_funder_cards
from dashboard.text import Text

HALF_YEAR = date(2026, 2, 28)


@pytest.fixture(scope="module")
def study(sample_folder):
    return read_study(sample_folder / "study.toml")


@pytest.fixture(scope="module")
def evaluation(study):
    return evaluate(study)


def test_half_a_year_and_a_quarter_before_the_last_day(evaluation):
    assert [one.as_of for one in evaluation.earlier] == [HALF_YEAR, date(2026, 5, 31)]


def test_values_are_those_of_the_rows_until_then_by_hand(study, evaluation):
    then = evaluation.earlier[0]
    until = pd.Timestamp(HALF_YEAR)
    ledger = study.funding[study.funding["date"] <= until]
    assert then.expense == pytest.approx(-ledger.loc[ledger["amount"] < 0, "amount"].sum())
    income = ledger[ledger["amount"] > 0]
    by_source = income.groupby("source")["amount"].sum()
    assert then.values["largest_share"].estimate == pytest.approx(by_source.max() / by_source.sum())
    came = study.attendance[study.attendance["date"] <= until]
    if "attended" in came:
        came = came[came["attended"]]
    assert then.participants == came["person"].nunique()


def test_a_promise_kept_later_was_not_yet_kept(study, evaluation):
    then = evaluation.earlier[0].values["told_back"]
    log, until = study.consultation, pd.Timestamp(HALF_YEAR)
    done = log[(log["raised"] <= until) & (log["done"] <= until)]
    assert then.n == len(done)
    assert then.estimate == pytest.approx((done["told_back"] <= until).mean())


def cash(restricted):
    days = pd.date_range("2025-02-01", "2026-06-01", freq="MS") + pd.Timedelta(days=14)
    ledger = pd.DataFrame({"date": days, "amount": [-100.0] * len(days)})
    ledger.loc[0, "amount"] = 5000.0
    ledger["restricted"] = [restricted, *[False] * (len(days) - 1)]
    return ledger


@pytest.mark.parametrize("restricted", [False, True])
def test_earlier_cash_is_reckoned_back_only_where_no_money_is_tied(study, restricted):
    told = study.plan.model_copy(update={"funding": FundingPlan(path="x", balance=1000.0)})
    told = told.model_copy(
        update={
            "retention": told.retention.model_copy(update={"observed_until": date(2026, 6, 15)})
        }
    )
    alone = replace(
        study,
        plan=told,
        funding=cash(restricted),
        attendance=None,
        attendance_counts=None,
        delivery=None,
        service=None,
        volunteers=None,
        consultation=None,
    )
    then = past_snapshots(alone)
    if restricted:
        assert all("runway_months" not in one.values for one in then)
    else:
        # Six payments of 100 after the 31st of December were still in the till.
        assert then[0].as_of == date(2025, 12, 31)
        months = then[0].values["runway_months"].estimate
        assert months == pytest.approx(1600 / 100)


def test_cash_counted_then_goes_before_what_is_reckoned(study):
    told = study.plan.funding.model_copy(update={"balances": {"2026-02": 61000.0}})
    counted = replace(study, plan=study.plan.model_copy(update={"funding": told}))
    then = past_snapshots(counted)[0].values["runway_months"]
    # The ledger opens on 10 March: April to February are the eleven whole months before then.
    ledger = study.funding[study.funding["date"].between("2025-04-01", pd.Timestamp(HALF_YEAR))]
    spent = -ledger.loc[ledger["amount"] < 0, "amount"].sum()
    assert then.estimate == pytest.approx(61000 * 11 / spent)


def test_few_people_then_are_not_told(study):
    few = study.plan.model_copy(
        update={"study": study.plan.study.model_copy(update={"min_group": 112})}
    )
    assert all(one.participants is None for one in past_snapshots(replace(study, plan=few)))
    assert all("repeat_rate" not in one.values for one in past_snapshots(replace(study, plan=few)))


def test_without_dates_there_is_nothing_to_look_back_to(study):
    bare = replace(
        study,
        attendance=None,
        attendance_counts=None,
        delivery=None,
        service=None,
        volunteers=None,
        funding=None,
        consultation=None,
        plan=study.plan.model_copy(
            update={"retention": type(study.plan.retention)(), "consultation": None}
        ),
    )
    assert past_snapshots(bare) == ()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_each_row_of_the_scorecard_says_its_trend_or_what_is_needed(evaluation, language):
    text = Text(language)
    said = {row.code: say_trend(text, row) for row in evaluation.sustainability.scorecard}
    assert all(said.values())
    known = [row.code for row in evaluation.sustainability.scorecard if row.previous is not None]
    assert len(known) >= 11
    assert said["runway_months"] == text("Trend: data needed (cash at an earlier day)")
    assert text.month(HALF_YEAR) in said["repeat_rate"]


def test_the_funders_cards_tell_the_value_before(evaluation, study):
    told = summarise_for_funder(evaluation)
    then = evaluation.earlier[0]
    assert (told.before, told.people_before) == (then.as_of, then.participants)
    assert told.cost_before == pytest.approx(then.expense / then.participants)
    cards = list_funder_cards(Text("en"), evaluation, study.plan, told)
    assert "from 2.89" in cards[0][1]
    assert f"Until Feb 2026: {then.participants}." in cards[1][1]
    bare = replace(evaluation, earlier=())
    without = list_funder_cards(Text("en"), bare, study.plan, summarise_for_funder(bare))
    assert not any("Until" in meaning for _, meaning in without)


def test_a_declared_cost_of_the_programme_goes_before_the_ledger(evaluation):
    money = replace(evaluation.sustainability.funding, programme_cost=1130.0)
    declared = replace(evaluation, sustainability=replace(evaluation.sustainability, funding=money))
    told = summarise_for_funder(declared)
    people = evaluation.participation.participants
    assert told.cost_per_participant.estimate == pytest.approx(1130 / people)
    assert told.cost_before is None
