"""A value of the study file that does not occur in the data is named, with those found."""

import pytest

from analysis import evaluate, read_study
from analysis.errors import MissingColumnError, StudyFileError
from analysis.plan import plan_from_dict
from dashboard.cli import main
from dashboard.sentences import say_error
from dashboard.text import Text

ROWS = "code,round,arm,age,sex,m\n" + "\n".join(
    f"p{i},{wave},{'New' if i < 6 else 'Old'},{20 + i},{'fm'[i % 2]},{1 + i % 3 + (wave == 'T1')}"
    for wave in ("T0", "T1")
    for i in range(12)
)


def read(**survey):
    told = {
        "respondent": "code",
        "wave": "round",
        "wave_values": {"pre": ["T0"], "post": ["T1"]},
        "group": "arm",
        "treated": ["New"],
        "files": [{"path": "a.csv"}],
        **survey,
    }
    measures = [{"name": "m", "items": ["m"], "range": [1, 5]}]
    return read_study(
        plan_from_dict({"survey": told, "measures": measures}), {"a.csv": ROWS.encode()}
    )


def test_two_groups_are_compared():
    assert len(evaluate(read()).comparison) == 1


@pytest.mark.parametrize(
    ("survey", "value", "found"),
    [
        ({"treated": ["Nev"]}, "Nev", "New"),
        ({"treated": ["New", "Other"]}, "Other", "Old"),
        ({"wave_values": {"pre": ["T0"], "post": ["T9"]}}, "T9", "T1"),
        ({"wave_values": {"pre": ["T0"], "pst": ["T1"]}}, "pst", "post"),
        ({"wave_values": {"pre": ["T0"], "post": ["T1", "T1b"]}}, "T1b", "T1"),
        ({"waves": ["pre", "post", "nach"]}, "nach", "post"),
        ({"waves": ["baselin", "pre", "post"]}, "baselin", "pre"),
        (
            {
                "waves": ["pre", "post", "follow_up"],
                "wave_values": {"pre": ["T0"], "post": ["T1"], "follow_up": ["T2"]},
            },
            "T2",
            "T1",
        ),
        ({"retrospective": ["then"]}, "then", "post"),
        ({"placebo": ["year_0"]}, "year_0", "pre"),
        ({"disaggregate": ["sex"], "population": {"sex": {"F": 0.6, "X": 0.4}}}, "F", "f, m"),
        ({"disaggregate": ["sex"], "population": {"sec": {"f": 0.6, "m": 0.4}}}, "sec", "sex"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_typo_is_an_error_that_names_the_values_found(survey, value, found, language):
    with pytest.raises(StudyFileError) as caught:
        read(**survey)
    assert caught.value.code == "value_not_found"
    said = say_error(Text(language), caught.value)
    assert value in said
    assert found in said


@pytest.mark.parametrize("name", ["disaggregate", "covariates"])
def test_a_column_that_does_not_exist_is_an_error(name):
    with pytest.raises(MissingColumnError) as caught:
        read(**{name: ["agee"]})
    assert caught.value.details["nearest"] == "age"


def test_groups_without_their_column_are_an_error():
    with pytest.raises(StudyFileError) as caught:
        read(group=None)
    assert caught.value.code == "treated_without_group"


def test_a_wave_not_asked_yet_is_no_error():
    assert len(evaluate(read(waves=["pre", "post", "follow_up"])).outcomes) > 0


def test_groups_of_which_none_had_the_programme_are_reported():
    for treated in ([], ["New", "Old"]):
        codes = {issue.code for issue in read(treated=treated).issues}
        assert "group_without_treated" in codes
    assert "group_without_treated" not in {issue.code for issue in read().issues}


def test_the_command_line_ends_with_two(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "study.toml").write_text(
        '[survey]\nrespondent = "code"\nwave = "round"\ngroup = "arm"\ntreated = ["Nev"]\n'
        'wave_values = { pre = ["T0"], post = ["T1"] }\n[[survey.files]]\npath = "a.csv"\n'
        '[[measures]]\nname = "m"\nitems = ["m"]\nrange = [1, 5]\n',
        encoding="utf-8",
    )
    assert main(["evaluate", str(tmp_path / "study.toml")]) == 2
    said = capsys.readouterr().err
    assert "Nev" in said
    assert "New, Old" in said
