"""Every code the analysis can raise or list has its words, in both languages."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import errors
from analysis.error_words import MESSAGES
from analysis.errors import LeveeError, LimitExceededError
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


def raised_errors() -> list[tuple[str, ast.Call]]:
    """Each place that raises an error of Levee, by the error's code."""
    return [
        (call.args[0].value, call)
        for folder in ("analysis", "dashboard")
        for call in calls_of(folder)
        if name_of(call) in RAISED and call.args and isinstance(call.args[0], ast.Constant)
    ]


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


@pytest.mark.parametrize("code", sorted({code for code, _ in raised_errors()}))
def test_every_error_has_words(code):
    assert code in MESSAGES


@pytest.mark.parametrize(
    ("code", "call"),
    [pytest.param(*one, id=f"{one[0]}-{n}") for n, one in enumerate(raised_errors())],
)
def test_what_raises_an_error_gives_all_its_sentence_names(code, call):
    given = {keyword.arg for keyword in call.keywords}
    if None in given:  # details of another error, passed on
        return
    fields = {name for _, name, _, _ in string.Formatter().parse(MESSAGES[code]) if name}
    if "limit_size" in fields:
        fields = fields - {"limit_size"} | {"limit"}
    # The file's name is added where the workbook is known; without it "the file" is said.
    assert fields - {"file"} <= given


def test_an_error_is_a_sentence_in_a_notebook():
    error = LimitExceededError("memory", file="a.xlsx", limit=2 << 30, remedy="split_file")
    said = "a.xlsx needs more memory than the limit of 2 GB. Split it into smaller files and upload"
    assert str(error) == f"{said} those."
    assert str(LeveeError("made_elsewhere", n=3)) == "made_elsewhere(n=3)"


@pytest.mark.parametrize("code", listed_codes())
def test_every_issue_has_words(code):
    assert code in known_codes("ISSUES")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(MESSAGES))
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
