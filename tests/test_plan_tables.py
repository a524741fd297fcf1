"""What is known of the study's tables is whole, and every other place keeps to it."""

import re

import pytest

from analysis.intake.model import Column
from analysis.intake.read.reader import READERS
from analysis.intake.read.table_purpose import KNOWN_TABLES
from analysis.intake.values.column_lookup import normalise_name
from analysis.intake.values.header_spellings import header_words
from analysis.plan import TABLES, StudyPlan
from analysis.plan_reference import update_reference
from tests.test_docs import STUDY_FILE

COLUMNS = [(name, key) for name, table in TABLES.items() for key in table.columns]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_section_that_names_a_file_has_a_table():
    named = {
        name
        for name, field in StudyPlan.model_fields.items()
        for section in getattr(field.annotation, "__args__", ())
        if "path" in getattr(section, "model_fields", {})
    }
    assert set(TABLES) == {"survey", *named}


def test_every_table_but_the_survey_is_recognised_and_read():
    others = set(TABLES) - {"survey"}
    assert {known.section for known in KNOWN_TABLES.values()} == others
    assert set(READERS) == others


@pytest.mark.parametrize(("name", "key"), COLUMNS)
def test_every_column_is_told_in_both_languages(name, key):
    column = TABLES[name].columns[key]
    for english, chinese in (column.label, column.meaning):
        assert english
        assert not CHINESE.search(english)
        assert CHINESE.search(chinese)


def test_a_key_is_called_the_same_in_every_table():
    labels = {}
    for name, key in COLUMNS:
        assert labels.setdefault(key, TABLES[name].columns[key].label) == (
            TABLES[name].columns[key].label
        ), (name, key)


@pytest.mark.parametrize("name", TABLES)
def test_needs_and_telling_words_are_of_the_table_itself(name):
    table = TABLES[name]
    assert set(table.needed) <= set(table.columns)
    for layout in table.kind.layouts:
        keys = {key for need in layout.needs for key in need}
        assert keys <= set(table.of_layout(layout.name))
        assert layout.told_by in ("", *table.columns)
    for column in table.columns.values():
        assert set(column.telling_words) <= set(column.header_words)


@pytest.mark.parametrize("name", TABLES)
def test_no_header_is_of_two_columns(name):
    table = TABLES[name]
    for layout in table.kind.layouts:
        words = [word for one in table.of_layout(layout.name).values() for word in one.header_words]
        assert len(words) == len(set(words))


@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize(("name", "key"), COLUMNS)
def test_headers_of_the_template_are_recognised(name, key, language):
    column = TABLES[name].columns[key]
    if column.sample is None:
        assert key not in TABLES[name].needed or name == "delivery"
        return
    header = column.sample.header[language]
    spelled = header_words(Column(name=header, label=header, position=0))
    assert spelled & {normalise_name(word) for word in column.header_words}


def test_columns_that_must_be_in_the_file():
    capacity, consultation = TABLES["capacity"], TABLES["consultation"]
    assert capacity.must_have("domain", "domain")
    assert not capacity.must_have("rater", "rater")
    assert capacity.must_have("rater", "who")
    assert not consultation.must_have("due", "due")
    assert consultation.must_have("due", "until when")
    assert consultation.must_have("raised", "raised")


def test_the_columns_in_the_documentation_are_those_of_the_tables():
    told = "run: python -m analysis.plan_reference docs/study-file.md"
    assert update_reference(STUDY_FILE) == STUDY_FILE, told
    for name in TABLES:
        assert f"<!-- columns of {name} -->" in STUDY_FILE


def test_a_table_of_the_documentation_that_is_out_of_date_is_written_anew():
    old = "before\n<!-- columns of service -->\n| gone |\n<!-- end -->\nafter"
    new = update_reference(old)
    assert "gone" not in new
    assert "| `hours` | Hours | number | Hours, as 1.5 |" in new
    assert new.startswith("before\n")
    assert new.endswith("<!-- end -->\nafter")
