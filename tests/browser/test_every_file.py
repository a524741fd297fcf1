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
SAVE = {"en": "Save and see the results", "zh-Hans": "保存并查看结果"}
AGREE = {"en": "Leave these rows out", "zh-Hans": "不使用这些行，继续"}
NOTHING = {"en": "Nothing is used yet", "zh-Hans": "还没有使用任何文件"}
MISSING = {"en": "Missing", "zh-Hans": "缺失"}
BROKEN = {"en": "This page could not be made", "zh-Hans": "这一页无法"}
PANEL = "one-panel"
TOOLS = "tool-exports"
LEEDS = "leeds-volunteers"
ALONE = [
    f"{PANEL}/386540716_按文本_社区B防灾减灾前测_54_54.xlsx",
    f"{PANEL}/386540717_按文本_社区B防灾减灾后测_44_44.xlsx",
    *(
        f"{PANEL}/{tool}_{wave}"
        for tool, end in (
            ("google_forms", ".csv"),
            ("google_forms", ".xlsx"),
            ("ms_forms", ".xlsx"),
            ("limesurvey_code", ".csv"),
            ("qualtrics_text", ".csv"),
        )
        for wave in (f"pre{end}", f"post{end}")
    ),
    f"{PANEL}/kobo_xml.csv",
    f"{PANEL}/kobo_xml.xlsx",
    f"{PANEL}/redcap_raw.csv",
    f"{PANEL}/truth_long.csv",
    "earthquake-survey/earthquake_data.csv",
    "carpentries-longterm/data_20170701.csv",
    "german-course/educationR_German_tbl_df.csv",
    "davis-women/attendance_matrix.csv",
    "davis-women/attendance_long.csv",
    "service-log/service_log.csv",
    f"{LEEDS}/community-grants_responses.csv",
    f"{LEEDS}/fundraising_amount_by_stage.csv",
    f"{LEEDS}/fundraising_amount_by_stage_and_type.csv",
    f"{LEEDS}/fundraising_pipeline.csv",
    f"{LEEDS}/roadshows_attendance.csv",
    f"{LEEDS}/volunteers_shifts.csv",
    f"{LEEDS}/volunteers_volunteers.csv",
    f"{TOOLS}/wenjuanxing/wjx_800_800_0_by_text.xls",
    f"{TOOLS}/limesurvey/ls_bhermann_results-survey54231.xlsx",
    f"{TOOLS}/surveymonkey/steak-risk-survey.csv",
    f"{TOOLS}/redcap/redcapr_longitudinal.csv",
    f"{TOOLS}/redcap/redcapr_longitudinal_dictionary.csv",
    f"{TOOLS}/kobotoolbox/kobo_labels_zh.csv",
    f"{TOOLS}/kobotoolbox/kobo_labels_en.xlsx",
    f"{TOOLS}/kobotoolbox/kobo_xml_values_groups.csv",
    f"{TOOLS}/qualtrics/qualtRics_sample.csv",
]
TOGETHER = {
    "wenjuanxing": [ALONE[0], ALONE[1]],
    **{
        f"{tool}{end}": [f"{PANEL}/{tool}_{wave}{end}" for wave in ("pre", "post")]
        for tool, end in (
            ("google_forms", ".csv"),
            ("google_forms", ".xlsx"),
            ("ms_forms", ".xlsx"),
            ("limesurvey_code", ".csv"),
            ("qualtrics_text", ".csv"),
        )
    },
    "one-panel": [path for path in ALONE if path.startswith(PANEL)],
    "leeds-volunteers": [path for path in ALONE if path.startswith(LEEDS)],
    "davis-women": [path for path in ALONE if path.startswith("davis-women")],
    "redcap with dictionary": [
        f"{TOOLS}/redcap/redcapr_longitudinal.csv",
        f"{TOOLS}/redcap/redcapr_longitudinal_dictionary.csv",
    ],
    "kobotoolbox": [path for path in ALONE if path.startswith(f"{TOOLS}/kobotoolbox")],
}
REAL = {**{path.rpartition("/")[2]: [path] for path in ALONE}, **TOGETHER}


def in_languages(names) -> list[tuple[str, str]]:
    """Every file in both languages for the journal, else each in one of them by turns."""
    languages = ("en", "zh-Hans")
    if os.environ.get("LEVEE_JOURNEYS"):
        return [(name, language) for name in names for language in languages]
    return [(name, languages[at % 2]) for at, name in enumerate(names)]


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
        button.click()
        clicks += 1
        page.wait_for_timeout(150)
        visitor.wait()
        check(step)
    shoot(visitor, f"checks_{name}_{language}")
    if NOTHING[language] in visitor.words:
        # No table has a use: the last step says of each file what it lacks.
        assert MISSING[language] in visitor.words, name
        took = time.monotonic() - start
        write_line(f"{name} | {language} | {clicks} | {took:.1f} | says what is missing")
        return
    agree = page.get_by_text(AGREE[language], exact=True)
    for at in range(agree.count()):
        agree.nth(at).click()
        clicks += 1
        visitor.wait()
    clicks += visitor.answer_questions() + visitor.name_scores()
    visitor.press(SAVE[language])
    clicks += 1
    page.wait_for_url(re.compile("/overview"))
    visitor.wait()
    check("overview")
    heading = page.locator("h1").inner_text()
    assert heading.strip()
    shoot(visitor, f"result_{name}_{language}")
    write_line(f"{name} | {language} | {clicks} | {time.monotonic() - start:.1f} | {heading}")


@pytest.mark.parametrize(("name", "language"), in_languages(BOOKS))
def test_a_workbook_as_newcomers_keep_it(visit, name: str, language: str):
    content = {"name": name, "mimeType": "application/octet-stream", "buffer": BOOKS[name]()}
    drive(visit(language), language, name.partition(".")[0], content)


@pytest.mark.parametrize(("name", "language"), in_languages(REAL))
def test_a_real_file(visit, shared_data: Path, name: str, language: str):
    drive(visit(language), language, name, *(shared_data / path for path in REAL[name]))
