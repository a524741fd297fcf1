"""Every code the analysis can raise or list has its words, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import errors
from analysis.errors import LeveeError
from analysis.intake.check.checks import EFFECTS
from analysis.issues import Issue
from dashboard.sentences import known_codes, say_error, say_issue
from dashboard.sentences.quality import say_effect
from dashboard.text import LANGUAGES, Text

ROOT = Path(__file__).resolve().parents[2]
RAISED = {name for name in dir(errors) if name.endswith("Error")}
NOTES = {"Issue", "note", "drop", "_issue", "_listed", "_left_out"}
DETAILS = {
    name: "x"
    for name in (
        *("key", "where", "problem", "nearest", "column", "sheet", "sheets", "encoding", "limit"),
        *("found", "number", "spelling", "n", "values", "missing", "row", "waves", "wave"),
        *("policy", "name", "names", "range", "cells", "fields", "digits", "columns", "file"),
        *("package", "extra", "engine"),
        *("kind", "detected", "min_group", "of", "share", "measure", "devices", "options"),
        *(
            "before",
            "after",
            "other_file",
            "read_as",
            "kinds",
            "host",
            "folder",
            "line",
            "header",
            "pairs",
            "used",
            "declared",
        ),
        *("low", "high", "first", "second", "day", "url", "tool", "status", "other"),
    )
} | {"kinds": {"x": 1}}


def calls_of(folder: str) -> Iterator[ast.Call]:
    for path in sorted(ROOT.glob(f"{folder}/**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def literals_of(call: ast.Call) -> Iterator[str]:
    told = [*call.args, *(k.value for k in call.keywords if k.arg in ("code", "reason"))]
    for node in told:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def raised_codes() -> list[str]:
    folders = ("analysis", "dashboard/workspace")
    found = {
        call.args[0].value
        for folder in folders
        for call in calls_of(folder)
        if name_of(call) in RAISED and call.args and isinstance(call.args[0], ast.Constant)
    }
    return sorted(found)


def listed_codes() -> list[str]:
    """Codes given to Issue and the small functions that make one, in intake."""
    calls = [*calls_of("analysis/intake")]
    calls += [call for call in calls_of("analysis") if name_of(call) == "Issue"]
    found = {
        code
        for call in calls
        if name_of(call) in NOTES
        for code in list(literals_of(call))[:1]
        if name_of(call) != "_listed" or ast.unparse(call.args[0]).startswith(("'", '"'))
    }
    return sorted(code for code in found if code.replace("_", "").isalpha())


@pytest.mark.parametrize("code", raised_codes())
def test_every_error_has_words(code):
    assert code in known_codes("ERRORS")


@pytest.mark.parametrize("code", listed_codes())
def test_every_issue_has_words(code):
    assert code in known_codes("ISSUES")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(known_codes("ERRORS")))
def test_errors_are_told_whatever_they_lack(code, language):
    bare = {k: v for k, v in DETAILS.items() if k not in ("file", "nearest")}
    for details in (DETAILS, bare):
        said = say_error(Text(language), LeveeError(code, **details))
        assert said
        assert "{" not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(known_codes("ISSUES")))
def test_issues_are_told_with_their_place(code, language):
    issue = Issue(code=code, file="a.xlsx", sheet="S", column="q1", rows=(4, 9), details=DETAILS)
    said = say_issue(Text(language), issue)
    assert "a.xlsx" in said
    assert "{" not in said
    assert "4, 9" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("effect", sorted({*EFFECTS.values(), "look"}))
def test_every_effect_has_its_words(effect: str, language: str):
    issue = Issue(code="speeders", details={"effect": effect})
    assert say_effect(Text(language), issue)
