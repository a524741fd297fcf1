"""Every cell and sentence passes one door: no formula, no invisible mark, no small group."""

import ast
import csv
import io
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.results import SUPPRESSED_MARK
from dashboard.content.curves import draw_retention
from dashboard.content.sanitize import safe_cell, safe_table, safe_text
from dashboard.content.topics.scorecard import list_people
from dashboard.content.topics.volunteers import list_cards
from dashboard.exports.gateway import join_stamp, share_evaluation, stamp_export, write_csv
from dashboard.render.painter import paint
from dashboard.text import Text
from dashboard.widgets.exports import list_costs

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = sorted((ROOT / "dashboard" / "exports").glob("*.py"))
WRITERS = [p for p in EXPORTS if p.stem in {"brief", "document", "slides", "web_page", "workbook"}]


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+A1",
        "-A1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1a",
        "－x",
        "＠x",
        " =1",
        "\u200b=1",
        "-",
        "+1+1",
        "-2+cmd|' /C'!A0",
        "﹦1+1",
        "﹢A1",
        "﹣x",
        "﹫x",
        "\u00ad=1",
    ],
)
def test_no_text_starts_a_formula(value: str):
    shown = safe_cell(value)
    assert isinstance(shown, str)
    assert shown.startswith("'")


@pytest.mark.parametrize(
    "value",
    [
        1,
        -2.5,
        True,
        date(2026, 1, 2),
        "+0.69",
        "-5",
        "+22 %",
        "+0.69 (0.53 to 0.86)",
        "+22 pp",
        "+22个百分点",
        "plain",
        "3 = 3",
        "2026-01-02",
    ],
)
def test_numbers_and_plain_words_stay(value: object):
    assert safe_cell(value) == value


def test_what_is_no_number_is_empty():
    assert [safe_cell(v) for v in (np.nan, np.inf, None, pd.NA, pd.NaT)] == [None] * 5
    assert safe_cell(np.int64(3)) == 3


@given(st.text())
def test_text_never_holds_control_or_direction_marks(value: str):
    shown = safe_text(value)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs")]
    assert not set(shown) & set("\u200b\u202e\u2066\ufeff\u00ad")


@pytest.mark.parametrize("letter", ["\u2061", "\u206a", "\ufff9", "\u034f", "\u3164", "\U000e0041"])
def test_every_mark_without_a_shape_is_left_out_and_hides_no_formula(letter: str):
    assert safe_text(f"a{letter}b") == "ab"
    assert safe_cell(f"{letter}=1+1") == "'=1+1"


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠\t\r\n 1a(.%"), max_size=6))
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(value: str):
    shown = safe_cell(value)
    assert isinstance(shown, str)
    if shown.lstrip()[:1] in set("=@＝＋－＠"):
        pytest.fail(repr(shown))
    if shown[:1] in ("+", "-"):
        assert shown[1].isdigit()
        assert not set(shown[1:]) & set("=+*/^&|!@")


def test_a_table_is_copied_not_changed():
    table = pd.DataFrame({"=x": ["=1", 2.0]})
    assert safe_table(table).columns.tolist() == ["'=x"]
    assert safe_table(table).iloc[:, 0].tolist() == ["'=1", 2.0]
    assert table.columns.tolist() == ["=x"]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_csv_opens_with_safe_cells_and_says_where_it_is_from(sample: Any, language: str):
    text, stamp = Text(language), stamp_export(sample.evaluation, sample.study)
    told = write_csv(pd.DataFrame({"社区": ["=1+1", "好"], "n": [3, 4]}), text, stamp)
    assert told.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    assert rows[:3] == [["社区", "n"], ["'=1+1", "3"], ["好", "4"]]
    assert rows[-1] == [join_stamp(text, stamp)]


def test_the_stamp_says_simulated_fingerprint_version_and_date(sample: Any):
    said = join_stamp(Text("en"), stamp_export(sample.evaluation, sample.study))
    assert said.startswith("SIMULATED DATA")
    assert sample.evaluation.fingerprint[:12] in said
    assert sample.evaluation.provenance.versions["levee"] in said
    assert "2026-08-31" in said


def test_what_is_shared_names_nobody(sample: Any):
    shared = share_evaluation(sample.evaluation, sample.study)
    assert shared.audience == "funder"
    assert sample.evaluation.volunteers.overdue
    assert shared.volunteers is not None
    assert shared.volunteers.overdue is None
    assert shared.volunteers.hours is not None
    assert shared.volunteers.hours.per_person == ()
    assert len(shared.volunteers.hours.lorenz) < len(sample.evaluation.volunteers.hours.lorenz)
    assert shared.volunteers.hours.lorenz[-1] == (1.0, 1.0)
    assert not [n for _, n in shared.volunteers.roles if 0 < n < 5]
    assert any(cohort.n < 5 for cohort in sample.evaluation.volunteers.cohorts)
    assert not [cohort for cohort in shared.volunteers.cohorts if 0 < cohort.n < 5]
    assert shared.participation is not None
    assert not [people for _, people, _ in shared.participation.by_kind if 0 < people < 5]


def test_what_is_protected_is_not_protected_again(sample: Any):
    shared = share_evaluation(sample.evaluation, sample.study, "public")
    assert share_evaluation(shared, sample.study) is shared


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
    found += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    return set(found)


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.stem)
def test_no_writer_goes_past_the_gateway(path: Path):
    """Writers know only the report's safe content: no sentences, tables, figures of their own."""
    assert len(WRITERS) == 5
    past = ("dashboard.sentences", "dashboard.tables", "dashboard.figures")
    assert not {name for name in _imports(path) if name.startswith(past)}
    assert "dashboard.exports.report" in _imports(path)


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_cells_are_written_in_one_place(path: Path):
    """No raw table writer outside the gateway; cell values are set in ``_put`` only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    raw = {"to_csv", "to_excel", "to_html", "to_markdown", "to_latex", "append"}
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    used = {c.func.attr for c in calls if isinstance(c.func, ast.Attribute)}
    allowed = {"to_csv"} if path.stem == "gateway" else set()
    allowed |= set() if path.stem == "workbook" else {"append"}
    assert not used & raw - allowed
    if path.stem != "workbook":
        return
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        targets = [t for n in ast.walk(function) if isinstance(n, ast.Assign) for t in n.targets]
        sets = [t for t in targets if isinstance(t, ast.Attribute) and t.attr == "value"]
        assert not sets or function.name == "_put", function.name


def test_who_is_overdue_is_withheld_outside_not_nobody(sample: Any):
    text = Text("en")
    shared = share_evaluation(sample.evaluation, sample.study).volunteers
    cards = {card.meaning: card.value for card in list_cards(shared, text)}
    assert cards["overdue against their own rhythm"] == SUPPRESSED_MARK
    assert list_people(text, shared) == ()


@pytest.mark.parametrize("outside", [False, True])
def test_a_printed_curve_is_drawn_as_on_the_screen(sample: Any, outside: bool):
    found = sample.evaluation
    found = share_evaluation(found, sample.study).volunteers if outside else found.volunteers
    drawn = paint(draw_retention(found, Text("en")))
    (points,) = re.findall(r'<polyline points="([^"]*)"[^>]*stroke-width="2.5"', drawn)
    days = len(found.curve.time_days)
    # Steps have two points after the first day, straight lines one.
    assert len(points.split()) == (days if outside else 2 * days - 1)


def test_what_protection_costs_is_four_columns():
    costs = [("volunteers", "results", 40, 10), ("volunteers", "points", 8, 2)]
    costs += [("hours", "people", 5, 5)]
    rows = list_costs(Text("zh-Hans"), costs).to_numpy().tolist()
    assert [row[1:] for row in rows] == [["10 / 40（25%）", "6 / 8（75%）", 0], ["–", "–", 5]]
