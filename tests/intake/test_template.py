"""The template: filled and uploaded it needs no mapping, in both languages."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest

from analysis import evaluate, read_study
from analysis.intake.propose.inspection import inspect_table
from analysis.intake.propose.proposal import propose_study, read_sheets
from analysis.intake.template import write_template

LANGUAGES = ["en", "zh-Hans"]
AGREE = {
    "en": ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"],
    "zh-Hans": ["非常不同意", "不同意", "一般", "同意", "非常同意"],
}
WAVES = {"en": ["pre", "post"], "zh-Hans": ["前测", "后测"]}
SEX = {"en": ["Female", "Male"], "zh-Hans": ["女", "男"]}
PEOPLE = 24


def opened(language):
    return openpyxl.load_workbook(BytesIO(write_template(language)))


def saved(book):
    stored = BytesIO()
    book.save(stored)
    return {"filled.xlsx": stored.getvalue()}


def filled(language):
    """The survey, sign-in, ledger and service sheets filled over the example."""
    book = opened(language)
    survey, attendance, _, service, funding = book.worksheets[1:6]
    for sheet in (survey, attendance, service, funding):
        sheet.delete_rows(2, 20)
    for person in range(PEOPLE):
        for at, wave in enumerate(WAVES[language]):
            answers = [
                AGREE[language][min(4, (person * (n + 1)) % 3 + at * (1 + person % 2))]
                for n in range(3)
            ]
            age = ["18-35", "36-59", "60+"][person % 3]
            survey.append([f"C{person:02d}", wave, SEX[language][person % 2], age, *answers])
        day = dt.date(2026, 5, 1 + person % 9)
        attendance.append(
            [f"C{person:02d}", f"S{person % 3}", day, "x", ["是", "Yes"][language == "en"]]
        )
        service.append([f"V{person % 5}", dt.date(2026, 1, 1 + person), 1.5, "x"])
    funding.append([dt.date(2026, 1, 5), 50000, None, "A", "Government", None])
    funding.append([dt.date(2026, 2, 5), None, 8200.5, None, None, None])
    return saved(book)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_needs_no_mapping(language):
    files = {"template.xlsx": write_template(language)}
    plan = propose_study(files)
    study = read_study(plan, files)
    assert plan.study.language == language
    # Two ratings do not settle a scale; the header states the template's own.
    assert plan.capacity.range == (1, 7)
    assert not study.issues
    assert study.exclusions == ()
    assert {file.table: file.n_used for file in study.files} == {
        "survey": 4,
        "attendance": 2,
        "volunteers": 2,
        "service": 2,
        "funding": 2,
        "capacity": 2,
        "strengths": 4,
        "consultation": 1,
    }
    assert study.survey.keys["wave"].tolist() == ["pre", "pre", "post", "post"]
    (numbers,) = study.survey.items.values()
    assert numbers.to_numpy().tolist() == [[2, 1, 2], [3, 2, 2], [4, 4, 5], [5, 4, 4]]
    assert study.funding["amount"].tolist() == [50000, -8200]
    assert study.attendance["attended"].tolist() == [True, False]
    assert study.strengths["present"].tolist() == [True, False, True, True]
    assert study.capacity["score"].tolist() == [3, 5]
    assert study.capacity["wave"].tolist() == ["pre", "post"]
    assert study.volunteers["left"].notna().tolist() == [False, True]
    assert study.consultation["done"].dt.date.tolist() == [dt.date(2026, 4, 20)]
    assert study.service["hours"].tolist() == [2, 1.5]


def test_both_languages_give_the_same_numbers():
    studies = []
    for language in LANGUAGES:
        files = {"template.xlsx": write_template(language)}
        studies.append(read_study(propose_study(files), files))
    one, other = studies
    for name in ("attendance", "volunteers", "service", "funding", "capacity", "strengths"):
        mine, yours = getattr(one, name), getattr(other, name)
        assert list(mine.columns) == list(yours.columns), name
        same = mine.select_dtypes(exclude="object")
        assert same.equals(yours.select_dtypes(exclude="object")), name
    for mine, yours in zip(one.survey.items.values(), other.survey.items.values(), strict=True):
        assert mine.to_numpy().tolist() == yours.to_numpy().tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_template_is_evaluated_without_a_touch(language):
    files = filled(language)
    plan = propose_study(files)
    study = read_study(plan, files)
    assert [issue.code for issue in study.issues if issue.severity == "error"] == []
    (measure,) = plan.measures
    assert (len(measure.items), measure.range, measure.reversed) == (3, (1, 5), [])
    assert len(plan.survey.disaggregate) == 2
    found = evaluate(study)
    assert found.flow.matched == PEOPLE
    assert found.outcomes[0].n.matched == PEOPLE
    assert found.outcomes[0].analyses[0].estimate > 0
    assert found.participation.participants == PEOPLE
    assert study.funding["amount"].sum() == 41799.5
    assert study.service["hours"].sum() == 1.5 * PEOPLE


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_questions_in_the_headers_need_no_mapping_either(language):
    book = opened(language)
    survey = book.worksheets[1]
    questions = ["我会用灭火器", "I trust my neighbours", "A kit is ready"]
    for column, question in zip("EFG", questions, strict=True):
        survey[f"{column}1"] = question
    plan = propose_study(saved(book))
    assert plan.measures[0].items == questions


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_sure(language):
    survey = next(iter(read_sheets({"t.xlsx": write_template(language)}).values()))
    assert all(one.confidence >= 0.8 for one in inspect_table(survey).columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_notes_and_a_dictionary_of_both_languages(language):
    book = opened(language)
    dictionary, *sheets = book.worksheets
    assert len(sheets) == 8
    rows = list(dictionary.iter_rows(min_row=2, values_only=True))
    assert len(rows) == sum(sheet.max_column for sheet in sheets)
    assert all(english and chinese for _, _, english, chinese, _ in rows)
    for sheet in sheets:
        assert all(cell.comment is not None for cell in sheet[1])
        assert sheet.freeze_panes == "A2"
    limited = {sheet.title: len(sheet.data_validations.dataValidation) for sheet in sheets}
    assert next(iter(limited.values())) == 6
    assert sum(limited.values()) >= 12
