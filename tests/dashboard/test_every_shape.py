"""Made twins of the real files go through the five steps to a page that says something true.

Each twin has the layout, headers and traps of a real file; the real ones are driven in a browser by
``tests/browser/test_every_file.py``.
"""

from collections.abc import Callable

import pytest

from dashboard.workspace.store import list_studies, open_study
from tests.browser.books import BOOKS
from tests.dashboard.test_journeys import App, app, keys, press, told, upload
from tests.intake import panel_chinese, panel_commercial, panel_open
from tests.intake.panel import make_panel

__all__ = ["app"]
Files = dict[str, bytes]
PANEL = make_panel()


def csv(head: str, rows: list[str]) -> bytes:
    return "\n".join([head, *rows]).encode()


def roster() -> Files:
    """A roster whose headers name neither a person nor a day of joining."""
    rows = [
        f"15ca6dfb{n:08x},{'UNKNOWN' if n % 4 else f'E{n % 9:04}'},,False,2022-07-{1 + n % 28:02},"
        f"{'2022-09-23' if n % 3 else ''},{'2022-10-01' if n % 5 == 0 else ''}"
        for n in range(90)
    ]
    return {"volunteers.csv": csv("hash,ward_code,status,current,created,applied,offered", rows)}


def shifts() -> Files:
    rows = [
        f"2022-10-{1 + n % 28:02},{41000 + n},2.0,{n % 4},3,{'Meet' if n % 2 else ''}"
        for n in range(60)
    ]
    return {"shifts.csv": csv("date,shift_id,hours_each,attended,demand,event_type", rows)}


def stages() -> Files:
    rows = ["CONFIRMED,17605928.0", "PENDING,2092494.0", "PIPELINE,2921000.0"]
    return {"amount_by_stage.csv": csv("status,amount", rows)}


def grants() -> Files:
    rows = [f"2023-02-{1 + n % 28:02},app,{('individual', 'group')[n % 2]},E08" for n in range(50)]
    return {"grants.csv": csv("date_submitted,grant,type,la_code", rows)}


def errors() -> Files:
    rows = [f"{n},{n % 10 + 1},{'Before' if n < 10 else 'After'},{12 - n // 2}" for n in range(20)]
    return {"errors.csv": csv("rownames,student,when,errors", rows)}


def ticks() -> Files:
    women = ("Evelyn", "Laura", "Theresa", "Brenda", "Ruth", "Vera")
    rows = [
        f"{name},{','.join(str(at * k % 3 % 2) for k in range(1, 8))}"
        for at, name in enumerate(women)
    ]
    return {"matrix.csv": csv("woman," + ",".join(f"E{k}" for k in range(1, 8)), rows)}


def log() -> Files:
    rows = [f"a{n % 11:07x},20{15 + n // 40}-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(400)]
    return {"service_log.csv": csv("volunteer_id,date", rows)}


def poll() -> Files:
    """One wave: question text as headers, ordered words, blanks, bands of money."""
    worry = (
        "Not at all worried",
        "Not so worried",
        "Somewhat worried",
        "Very worried",
        "Extremely worried",
    )
    money = ("$0 to $9,999", "$10,000 to $24,999", "Prefer not to answer")
    rows = [
        f'"{worry[n % 5]}","{worry[n * 3 % 5]}",{"Yes" if n % 3 else "No"},"{money[n % 3]}"'
        for n in range(80)
    ]
    head = (
        '"In general, how worried are you about earthquakes?",'
        '"How worried are you about the Big One?","Have you taken any precautions?",Income'
    )
    return {"poll.csv": csv(head, rows)}


TABLES: dict[str, Callable[[], Files]] = {
    one.__name__: one for one in (roster, shifts, stages, grants, errors, ticks, log, poll)
}
TOOLS: dict[str, Callable[[], Files]] = {
    "wenjuanxing": lambda: panel_chinese.wenjuanxing(PANEL, "text", "xlsx").files,
    "tencent": lambda: panel_chinese.tencent(PANEL).files,
    "google": lambda: panel_commercial.google(PANEL).files,
    "microsoft": lambda: panel_commercial.microsoft(PANEL).files,
    "surveymonkey": lambda: panel_commercial.surveymonkey(PANEL).files,
    "qualtrics": lambda: panel_commercial.qualtrics(PANEL).files,
    "kobo": lambda: panel_open.kobo(PANEL, labels=True).files,
    "kobo_form": lambda: panel_open.kobo_with_form(PANEL).files,
    "limesurvey": lambda: panel_open.limesurvey(PANEL).files,
    "redcap": lambda: panel_open.redcap(PANEL, labels=True).files,
    "redcap_dictionary": lambda: panel_open.redcap_with_dictionary(PANEL).files,
    "wide": lambda: panel_open.plain(PANEL, "wide").files,
    "titled": lambda: panel_open.plain(PANEL, "titled").files,
}
MADE: dict[str, Callable[[], Files]] = {
    **TABLES,
    **TOOLS,
    **{name: lambda name=name: {name: BOOKS[name]()} for name in BOOKS},
    "folder": lambda: roster() | shifts() | stages() | grants(),
}
UNKNOWN = frozenset(("roster", "stages", "grants"))
"""Files that hold no part of a study: the last step says what each lacks."""


@pytest.mark.parametrize(
    ("name", "language"),
    [(name, ("en", "zh-Hans")[at % 2]) for at, name in enumerate(MADE)],
)
def test_a_made_file_goes_through_every_step(app: App, name: str, language: str):
    at = upload(app("data", language), *MADE[name]().items())
    assert not at.exception
    for _ in range(4):
        at.query_params["lang"] = language
        press(at, "wizard_next")
        assert not at.exception
        assert not at.error, at.error[0].value
    said = told(at)
    if name in UNKNOWN:
        assert "finish" not in keys(at)
        assert "to_columns" in keys(at)
        assert at.table, said
        return
    for box in [one.key for one in at.checkbox if str(one.key).startswith("loss_agreed")]:
        at.checkbox(key=box).check().run()
    while open_ := [one for one in (*at.radio, *at.number_input) if one.value is None]:
        one = open_[0]
        one.set_value(one.options[0] if hasattr(one, "options") else 2025).run()
    press(at, "finish")
    assert not at.exception
    study = list_studies()[0].id
    assert open_study(study).version == 1, said
    shown = app("overview", language, study)
    assert not shown.exception
    assert not shown.error
    assert shown.title[0].value.strip()


def test_the_files_of_a_folder_that_are_not_used_say_why(app: App):
    at = upload(app("data"), *MADE["folder"]().items())
    said = told(at).replace("\\", "")
    assert "Nearest: Volunteer roster. Missing: Joined on." in said
    assert "Nearest: Ledger. Missing: Date." in said
