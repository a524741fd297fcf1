"""People across tables: unknown and contradicting ones are listed, links are only proposed."""

from analysis import read_study
from analysis.intake.check.people import propose_sign_in_links
from analysis.participation.attendance import evaluate_participation
from analysis.plan import plan_from_dict

CODES = ("LIN0714", "WANG3302", "ZHAO1958", "CHEN2206", "HUANG415")
SURVEY = "code,q1\n" + "".join(f"{code},{1 + n % 5}\n" for n, code in enumerate(CODES))
SIGN_INS = "who,session\nLIN0714,S1\nWANG330Z,S1\nzhao1958,S1\nVISITOR,S1\nLIN0714,S2\n"


def study_of(links: list[dict[str, str]] | None = None):
    plan = plan_from_dict(
        {
            "survey": {
                "respondent": "code",
                "waves": ["pre"],
                "files": [{"path": "pre.csv", "wave": "pre"}],
            },
            "measures": [{"name": "m", "items": ["q1"], "range": [1, 5]}],
            "attendance": {
                "path": "came.csv",
                "person": "who",
                "session": "session",
                "links": links or [],
            },
        }
    )
    return read_study(plan, {"pre.csv": SURVEY.encode(), "came.csv": SIGN_INS.encode()})


def test_sign_ins_the_survey_does_not_know_are_listed_and_kept():
    study = study_of()
    (issue,) = [i for i in study.issues if i.code == "sign_in_not_in_survey"]
    assert issue.rows == (3, 5)
    assert issue.details["n"] == 2
    assert evaluate_participation(study).participants == 4


def test_a_slip_is_proposed_and_nothing_merges_by_itself():
    (link,) = propose_sign_in_links(study_of())
    assert (link.code, link.same_as) == ("WANG330Z", "WANG3302")


def test_an_accepted_link_makes_them_one_person():
    study = study_of([{"code": "WANG330Z", "same_as": "WANG3302"}])
    assert "WANG3302" in set(study.attendance["person"])
    assert propose_sign_in_links(study) == ()
    (issue,) = [i for i in study.issues if i.code == "sign_in_not_in_survey"]
    assert issue.rows == (5,)
