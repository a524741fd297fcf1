import pytest

from analysis import read_study
from analysis.intake.proposal import propose_study
from analysis.intake.template import write_template


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_filled_template_needs_no_mapping(language):
    files = {"template.xlsx": write_template(language)}
    plan = propose_study(files)
    study = read_study(plan, files)
    assert plan.study.language == language
    assert study.issues == ()
    tables = {file.table: file.n_used for file in study.files}
    assert tables == {
        "survey": 4,
        "attendance": 2,
        "volunteers": 2,
        "service": 2,
        "funding": 2,
        "capacity": 2,
        "consultation": 1,
    }
    assert study.survey.keys["wave"].tolist() == ["pre", "pre", "post", "post"]
    (numbers,) = study.survey.items.values()
    assert numbers.iloc[:, 0].tolist() == [2, 3, 4, 5]
    assert study.funding["amount"].tolist() == [50000, -8200]
    assert study.attendance["attended"].tolist() == [True, False]
