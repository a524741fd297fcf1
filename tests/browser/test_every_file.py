"""Every file goes through the five steps, in both languages, to a page that says something true.

The five workbooks are made here; the real files stay outside the project and are driven where they
are. ``LEVEE_JOURNEYS`` names a file to which one line per journey is written: clicks, seconds.
"""

import os
import re
import time
from pathlib import Path

import pytest

from tests.browser.books import BOOKS

pytestmark = pytest.mark.browser
NEXT = {"en": "Next", "zh-Hans": "下一步"}
SAVE = {"en": "Save and see the results", "zh-Hans": "保存并查看结果"}
AGREE = {"en": "Leave these rows out", "zh-Hans": "不使用这些行，继续"}
NOTHING = {"en": "Nothing is used yet", "zh-Hans": "还没有使用任何文件"}
BROKEN = {"en": "This page could not be made", "zh-Hans": "这一页无法"}
REAL = {
    "german": ["german-course/educationR_German_tbl_df.csv"],
    "earthquake": ["earthquake-survey/earthquake_data.csv"],
    "davis": ["davis-women/attendance_matrix.csv"],
    "grants": ["leeds-volunteers/community-grants_responses.csv"],
    "stages": ["leeds-volunteers/fundraising_amount_by_stage.csv"],
    "pipeline": ["leeds-volunteers/fundraising_pipeline.csv"],
    "roster": ["leeds-volunteers/volunteers_volunteers.csv"],
    "leeds": [
        "leeds-volunteers/volunteers_volunteers.csv",
        "leeds-volunteers/volunteers_shifts.csv",
        "leeds-volunteers/roadshows_attendance.csv",
    ],
    "log": ["service-log/service_log.csv"],
    "redcap": ["tool-exports/redcap/redcapr_longitudinal.csv"],
}


def shoot(visitor, name: str) -> None:
    folder = os.environ.get("LEVEE_PICTURES")
    if folder:
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def write_line(line: str) -> None:
    target = os.environ.get("LEVEE_JOURNEYS")
    if target:
        with Path(target).open("a", encoding="utf-8") as journal:
            journal.write(line + "\n")


def drive(visitor, language: str, name: str, *files) -> None:
    """Upload, open all five steps, save; every step stands still without an error."""
    start, clicks = time.monotonic(), 2
    visitor.open("data", study="new")
    visitor.upload(*files)
    page = visitor.page

    def check(step: str) -> None:
        assert page.get_by_test_id("stException").count() == 0, f"{name}: {step}"
        assert BROKEN[language] not in visitor.words, f"{name}: {step}"

    check("files")
    for step in ("preview", "columns", "answers", "checks"):
        button = page.get_by_test_id("stMain").locator(
            "[class*=st-key-wizard_next] button", has_text=re.compile(".")
        )
        if button.is_disabled():
            # No table has a use: the person is asked what the file is, and may stop here.
            assert NEXT[language] in visitor.words or step == "answers"
            took = time.monotonic() - start
            write_line(f"{name} | {language} | {clicks} | {took:.1f} | asks what the file is")
            return
        button.click()
        clicks += 1
        page.wait_for_timeout(150)
        visitor.wait()
        check(step)
    shoot(visitor, f"checks_{name}_{language}")
    agree = page.get_by_text(AGREE[language], exact=True)
    for at in range(agree.count()):
        agree.nth(at).click()
        clicks += 1
        visitor.wait()
    clicks += visitor.name_scores()
    visitor.press(SAVE[language])
    clicks += 1
    page.wait_for_url(re.compile("/overview"))
    visitor.wait()
    check("overview")
    heading = page.locator("h1").inner_text()
    assert heading.strip()
    write_line(f"{name} | {language} | {clicks} | {time.monotonic() - start:.1f} | {heading}")


@pytest.mark.parametrize(("name", "language"), [(n, ("en", "zh-Hans")[i % 2])
                                                for i, n in enumerate(BOOKS)])  # fmt: skip
def test_a_workbook_as_newcomers_keep_it(visit, name: str, language: str):
    content = {"name": name, "mimeType": "application/octet-stream", "buffer": BOOKS[name]()}
    drive(visit(language), language, name.partition(".")[0], content)


@pytest.mark.parametrize(("name", "language"), [(n, ("zh-Hans", "en")[i % 2])
                                                for i, n in enumerate(REAL)])  # fmt: skip
def test_a_real_file(visit, shared_data: Path, name: str, language: str):
    drive(visit(language), language, name, *(shared_data / path for path in REAL[name]))
