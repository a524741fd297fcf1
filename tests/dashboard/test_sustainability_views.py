"""The seven pages of money, capacity, promises, targets and funders, without a browser."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.plan import TargetPlan, plan_from_dict
from analysis.results import SUPPRESSED
from dashboard.content.model import Interval, Number
from dashboard.exports.indicators import list_indicators
from dashboard.exports.workbook import write_table
from dashboard.text import Text
from dashboard.widgets import page
from dashboard.workspace.definitions import list_definitions
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.results import list_results, save_results
from dashboard.workspace.store import create_study, open_study, save_file, save_version
from tests.test_portfolio import result
from tests.test_targets import NOTHING

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = ["funding", "capacity", "consultation", "scorecard", "targets", "summary", "portfolio"]
LEDGER = "date,amount,source\n" + "".join(
    f"2026-{m:02d}-01,{9000 if m == 1 else -1000},{'Bureau' if m == 1 else ''}\n"
    for m in range(1, 13)
)
INJECTED = "![x](http://evil.example/x.png)"

App = Callable[..., AppTest]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Open a page of the app on a workspace of its own."""
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")

    def open_app(
        view: str, language: str = "en", study: str = "sample", audience: str = "evaluator"
    ) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=60)
        at.query_params["lang"] = language
        at.query_params["study"] = study
        at.query_params["audience"] = audience
        at._page_hash = calc_hash(view)
        return at.run()

    yield open_app
    close_workspaces()


def told(at: AppTest) -> str:
    shown = [*at.title, *at.header, *at.markdown, *at.caption, *at.info, *at.warning]
    return "\n".join(str(one.value) for one in shown).replace("\xa0", " ")


def ledger_study(**plan) -> str:
    """Save a study of one ledger and return its id."""
    study = create_study("Ledger")
    save_file(study, "ledger.csv", LEDGER.encode())
    columns = {"date": "date", "amount": "amount", "source": "source"}
    raw = {"study": {"title": "Ledger"}, "funding": {"path": "ledger.csv", **columns}, **plan}
    save_version(study, plan_from_dict(raw))
    return study


WORDS = {
    "funding": ("77 %", "77%"),
    "capacity": ("capacity ratings", "能力评分"),
    "consultation": ("10 of 26", "10项"),
    "scorecard": ("Act now", "立即行动"),
    "targets": ("1 of 5", "5项目标中1项"),
    "summary": ("preparedness", "家庭备灾"),
    "portfolio": ("one study", "一项研究"),
}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_page_says_its_finding_in_its_language(app: App, view: str, language: str):
    at = app(view, language)
    assert not at.exception
    assert not at.error
    wanted = WORDS[view][language != "en"]
    assert wanted in told(at)
    assert len(at.title) == 1


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_managers_page_puts_measures_first_then_people_money_promises(app: App, language: str):
    at = app("scorecard", language)
    text = Text(language)
    headings = [one.value for one in at.header]
    assert headings == [text("The people"), text("The money"), text("The promises")]
    page = told(at)
    assert text("counted, not estimated") in page
    assert text("Early warnings") in page


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_measures_without_data_say_which_data_are_needed(app: App, language: str):
    at = app("scorecard", language, study=ledger_study())
    text = Text(language)
    said = " ".join(one.value for one in at.caption).replace("\\", "")
    needed = "Data needed: a log of issues with the days they were due, done and reported back."
    assert text(needed) in said
    assert text("Agreed issues followed through") in said


def test_own_thresholds_are_saved_with_the_study_and_change_the_status(app: App):
    study = ledger_study()
    at = app("scorecard", study=study)
    assert "set for this study" not in told(at)
    at.selectbox(key="threshold_measure").set_value("Share of the largest funder").run()
    at.number_input[0].set_value(200.0)  # percent
    at.number_input[1].set_value(150.0)
    next(b for b in at.button if b.label == "Save thresholds").click().run()
    assert not at.exception
    assert open_study(study).plan.scorecard == {"largest_share": [2.0, 1.5]}
    assert "set for this study" in told(at)


def field(at: AppTest, label: str):
    return next(one for one in at.number_input if one.label.startswith(label))


def test_cash_and_currency_are_asked_on_the_page_and_give_the_runway(app: App):
    study = ledger_study()
    at = app("funding", study=study)
    assert "data needed" in told(at)
    field(at, "Cash free to spend on").set_value(6000.0)
    field(at, "Cash free to spend at the end of Jun 2026").set_value(9000.0)
    next(one for one in at.selectbox if one.label == "Currency").set_value("EUR")
    next(b for b in at.button if b.label == "Save").click().run()
    assert not at.exception
    plan = open_study(study).plan.funding
    assert (plan.balance, plan.currency, plan.balances) == (6000.0, "EUR", {"2026-06": 9000.0})
    # January to November are whole months: 10 000 spent in eleven of them.
    assert "6.6 months" in told(at).replace("\\", "")
    assert "€" in told(at)
    # The cash counted then makes the trend (4 000 in five whole months); nothing asks for it.
    assert "↓ Jun 2026: 11.2 months" in told(app("scorecard", study=study)).replace("\\", "")


def test_the_scale_of_a_self_assessment_is_asked_on_the_page(app: App):
    study = create_study("Capacity")
    rows = "rater,domain,wave,score\n" + "".join(
        f"r{n},{domain},{wave},{4 + n % 2}\n"
        for n in range(6)
        for domain in ("money", "people")
        for wave in ("pre", "post")
    )
    save_file(study, "c.csv", rows.encode())
    save_version(study, plan_from_dict({"study": {"title": "x"}, "capacity": {"path": "c.csv"}}))
    at = app("capacity", study=study)
    assert "scale 1 to 7" in told(at)
    field(at, "Highest").set_value(0.0)
    next(b for b in at.button if b.label == "Save").click().run()
    assert "above the lowest" in at.error[0].value
    field(at, "Highest").set_value(5.0)
    field(at, "Score aimed at").set_value(4.5)
    next(b for b in at.button if b.label == "Save").click().run()
    assert not at.exception
    plan = open_study(study).plan.capacity
    assert (plan.range, plan.target) == ((1.0, 5.0), 4.5)
    assert "scale 1 to 5" in told(at)


def test_targets_come_in_as_a_spreadsheet_and_become_a_version(app: App):
    study = ledger_study()
    at = app("targets", study=study)
    assert not at.exception
    target = TargetPlan(
        indicator="funding.income",
        label="Income",
        target=10000,
        baseline=0,
        start=date(2026, 1, 1),
        due=date(2026, 12, 31),
    )
    text = Text("zh-Hans")
    plan = plan_from_dict({}).model_copy(update={"targets": [target]})
    from analysis.study import Study
    from analysis.targets import evaluate_targets

    table = list_indicators(plan, evaluate_targets(Study(plan=plan), NOTHING), text)
    book = write_table(table, "x", text, "stamp")
    at.file_uploader[0].set_value([("指标.xlsx", book, "application/octet-stream")]).run()
    assert not at.exception
    assert open_study(study).plan.targets == [target]
    assert open_study(study).version == 2
    assert "0 of 1 targets are met" in told(at)


def test_a_wrong_indicator_table_is_refused_and_nothing_is_saved(app: App):
    study = ledger_study()
    at = app("targets", study=study)
    at.file_uploader[0].set_value([("t.csv", b"name,goal\nx,1\n", "text/csv")]).run()
    assert not at.exception
    assert "indicator" in at.error[0].value
    assert open_study(study).version == 1


def test_results_files_are_side_by_side_and_combined_only_when_mapped(app: App):
    at = app("portfolio")
    files = [
        (f"r{i}.json", json.dumps(result(f"c{i}", 0.1 * i)).encode(), "application/json")
        for i in range(3)
    ]
    at.file_uploader[0].set_value(files).run()
    assert not at.exception
    # The simulated sample is not among a person's studies once there are real ones.
    assert at.title[0].value == "3 studies side by side"
    shown = [str(name) for one in [*at.table, *at.dataframe] for name in one.value.columns]
    assert any("c0" in name and "Preparedness" in name for name in shown)
    at.button(key="map_save").click().run()
    assert not at.exception
    assert at.title[0].value.startswith("Across studies Preparedness")
    (saved,) = list_definitions()
    at.button(key=f"unmap_{saved.id}").click().run()
    assert at.title[0].value == "3 studies side by side"
    assert list_definitions() == []


def test_the_same_data_twice_is_left_out_and_can_be_included(app: App):
    scores = {"scores": [[40.0, 2.5, 0.7], [38.0, 3.1, 0.6]]}
    save_results([(f"r{i}.json", result(f"c{i}", 0.1 * i, **scores)) for i in range(2)])
    save_results([("r2.json", result("c2", 0.4))])
    at = app("portfolio")
    assert "2 studies side by side" in told(at)
    assert "its scores are exactly those of “c0”" in told(at)
    at.button(key="different_c1").click().run()
    assert not at.exception
    assert "3 studies side by side" in told(at)


def test_results_files_of_the_evaluator_are_not_shown_to_other_readers(app: App):
    made = ("evaluator", "manager", "funder", "public")
    files = [
        (f"{a}.json", json.dumps(result(a, 0.1 * i, audience=a)).encode(), "application/json")
        for i, a in enumerate(made)
    ]
    app("portfolio").file_uploader[0].set_value(files).run()
    assert "4 studies side by side" in told(app("portfolio"))
    shown = told(app("portfolio", audience="funder"))
    assert "2 results files are left out" in shown
    assert "2 studies side by side" in shown


def test_measures_in_different_units_cannot_be_combined(app: App):
    save_results([("a.json", result("a")), ("b.json", result("b", scale=(0.0, 10.0)))])
    at = app("portfolio")
    (choice,) = [one for one in at.multiselect if one.label == "Measures to compare"]
    assert choice.value == []
    choice.set_value([("a", "prep"), ("b", "prep")]).run()
    assert "different units" in told(at)
    assert "map_save" not in {button.key for button in at.button}


def test_added_communities_stay_after_a_reload_and_can_be_taken_out(app: App):
    save_results([(f"r{i}.json", result(f"c{i}", 0.1 * i)) for i in range(3)])
    at = app("portfolio")
    assert "3 studies side by side" in told(at)
    (out,) = [one for one in at.multiselect if one.label == "Studies added from files"]
    out.select("c1").run()
    at.button(key="portfolio_clear").click().run()
    assert not at.exception
    assert "2 studies side by side" in told(at)
    assert "2 studies side by side" in told(app("portfolio"))
    at.button(key="portfolio_clear").click().run()
    assert not at.exception
    assert list_results() == []


def test_a_file_that_is_no_result_is_named(app: App):
    at = app("portfolio")
    at.file_uploader[0].set_value([("holiday.json", b"{}", "application/json")]).run()
    assert not at.exception
    assert "holiday" in at.error[0].value


@pytest.mark.parametrize("view", ["funding", "scorecard", "summary", "targets"])
def test_words_of_an_upload_are_never_markdown(app: App, view: str):
    study = create_study("x")
    rows = LEDGER.replace("Bureau", INJECTED)
    save_file(study, "ledger.csv", rows.encode())
    columns = {"date": "date", "amount": "amount", "source": "source"}
    target = {"indicator": "funding.income", "label": INJECTED, "target": 5}
    raw = {"study": {"title": INJECTED}, "funding": {"path": "ledger.csv", **columns}}
    save_version(study, plan_from_dict({**raw, "targets": [target]}))
    at = app(view, study=study)
    assert not at.exception
    assert INJECTED not in told(at)


def test_a_column_with_gaps_is_sorted_as_numbers(monkeypatch: pytest.MonkeyPatch):
    """Dashes among numbers were neither, and the column could not be shown as it was."""
    monkeypatch.setattr(page, "current_text", lambda: Text("en"))
    change = [Number(value=None, kind="signed"), Number(value=0.5, kind="signed")]
    withheld = [Number(value=SUPPRESSED, kind="count"), Number(value=7, kind="count")]
    likely = [None, Interval(low=0.1, high=0.9)]
    shown = page._plain(pd.DataFrame({"change": change, "n": withheld, "likely": likely}))
    assert shown["change"].dtype == float
    assert shown["change"].isna().tolist() == [True, False]
    assert shown["n"].tolist() == ["[c]", "7"]
    assert [words.split() for words in shown["likely"]] == [["–"], ["0.10", "to", "0.90"]]
