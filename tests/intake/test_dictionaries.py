"""XLSForm and REDCap dictionary: labels, choices and order for an export's columns."""

from analysis import read_study
from analysis.intake.propose.inspection import inspect_files
from analysis.intake.propose.proposal import propose_study
from analysis.intake.tables.dictionaries import read_entries
from analysis.intake.tables.survey_tool import read_tables
from tests.intake.panel import AGREE, QUESTIONS, make_panel
from tests.intake.panel_open import kobo_with_form, redcap_with_dictionary


def test_an_xlsform_is_known_by_its_content_and_gives_its_entries_in_order():
    export = kobo_with_form(make_panel())
    form = read_tables({"any name.xlsx": export.files["form.xlsx"]})["any name.xlsx"]
    assert (form.format, form.sheet) == ("xlsform", "survey")
    entries = read_entries(form)
    assert list(entries) == ["start", "code", "q1", "q2", "q3", "q4", "acts", "comment"]
    assert entries["q1"].label == QUESTIONS["en"][0]
    assert list(entries["q1"].choices.values()) == AGREE["en"]
    assert (entries["q1"].kind, entries["acts"].kind) == ("one", "several")
    chinese = read_entries(form, "zh-Hans")
    assert chinese["q1"].label == QUESTIONS["zh"][0]
    assert list(chinese["q1"].choices.values()) == AGREE["zh"]


def test_codes_without_a_form_are_no_scale_and_with_it_they_are():
    export = kobo_with_form(make_panel())
    bare = propose_study({"kobo.csv": export.files["kobo.csv"]})
    assert not [m for m in bare.measures if m.kind == "scale"] if bare.survey else True
    plan = propose_study(export.files)
    assert plan.survey.dictionary == "form.xlsx"
    (measure,) = [m for m in plan.measures if m.kind == "scale"]
    assert list(measure.texts.values()) == QUESTIONS["en"]
    study = read_study(plan, export.files)
    assert study.survey.answer_labels[measure.name] == dict(enumerate(AGREE["en"], 1))
    assert [issue.code for issue in study.issues if issue.severity == "error"] == []
    told = {file.path: file.table for file in study.files}
    assert told == {"form.xlsx": "dictionary", "kobo.csv": "survey"}


def test_the_words_of_a_form_come_in_the_language_of_the_study():
    export = kobo_with_form(make_panel())
    plan = propose_study(export.files)
    settings = plan.study.model_copy(update={"language": "zh-Hans"})
    study = read_study(plan.model_copy(update={"study": settings}), export.files)
    (measure,) = [m.name for m in plan.measures if m.kind == "scale"]
    assert study.survey.answer_labels[measure] == dict(enumerate(AGREE["zh"], 1))


def test_a_redcap_dictionary_labels_codes_and_boxes():
    export = redcap_with_dictionary(make_panel())
    tables = read_tables(export.files)
    assert tables["dictionary.csv"].format == "redcap_dictionary"
    columns = {column.name: column.label for column in tables["redcap.csv"].columns}
    assert columns["q2"] == QUESTIONS["en"][1]
    assert columns["acts___1"] == "Evacuation drill"
    assert tables["redcap.csv"].choices["q1"]["5"] == AGREE["en"][4]
    told = {one.file: one.format for one in inspect_files(export.files)}
    assert told == {"redcap.csv": "redcap", "dictionary.csv": "redcap_dictionary"}


def test_a_dictionary_of_another_form_changes_nothing():
    export = redcap_with_dictionary(make_panel())
    other = b"field_name,field_type,field_label\nheight,text,Height\nweight,text,Weight\n"
    alone = read_tables({"redcap.csv": export.files["redcap.csv"]})["redcap.csv"]
    beside = read_tables({"redcap.csv": export.files["redcap.csv"], "d.csv": other})["redcap.csv"]
    assert beside.columns == alone.columns
    assert beside.dictionary == ""


def test_identifiers_of_a_dictionary_are_personal_data():
    words = b"field_name,field_type,field_label,identifier\nwho,text,Who,y\nq1,text,One,\n"
    rows = b"record_id,who,q1,survey_complete\n1,Ann,3,2\n2,Bo,4,2\n"
    told = {one.file: one for one in inspect_files({"d.csv": words, "r.csv": rows})}
    roles = {column.name: column.role for column in told["r.csv"].columns}
    assert roles["who"] == "personal"
