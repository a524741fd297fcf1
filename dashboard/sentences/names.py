"""Names of what files are: the tool that wrote them, their use, the wave they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from analysis.disclosure.naming import OTHERS
from analysis.participation.results import Participation
from analysis.plan import StudyPlan
from dashboard.text import Text

_NUMBERED = re.compile(r"^\s*[Qq]?\d+(?:[-–.]\d+)*\s*[、.．:：)）]\s*")
_POLITE = re.compile(r"^(?:请问)?[您你](?:家)?的")
_TOOLS = {
    "kobotoolbox": "KoboToolbox",
    "odk_central": "ODK Central",
    "google_forms": "Google Forms",
    "surveymonkey": "SurveyMonkey",
    "qualtrics": "Qualtrics",
    "limesurvey": "LimeSurvey",
    "microsoft_forms": "Microsoft Forms",
    "redcap": "REDCap",
}


def format_name(text: Text, form: str) -> str:
    """The tool that wrote a file."""
    named = {
        "wenjuanxing": text("Wenjuanxing"),
        "tencent_survey": text("Tencent Survey"),
        "plain": text("plain table"),
        "statistics_file": text("SPSS, Stata or SAS file"),
        "xlsform": text("questionnaire (XLSForm)"),
        "redcap_dictionary": text("questionnaire (REDCap dictionary)"),
    }
    return named.get(form) or _TOOLS.get(form, form)


def wave_name(text: Text, wave: str | None) -> str:
    """A wave in words; a study's own name of a wave stays as it is."""
    named = {
        None: "",
        "pre": text("before"),
        "mid": text("halfway"),
        "post": text("after"),
        "follow_up": text("follow-up"),
    }
    return named.get(wave, wave or "")


def use_name(text: Text, use: str) -> str:
    """What a file can be used as."""
    return {
        "": text("Not used"),
        "survey": text("Survey answers"),
        "attendance": text("Sign-in sheet"),
        "delivery": text("Plan of activities"),
        "volunteers": text("Volunteer roster"),
        "service": text("Service log"),
        "funding": text("Ledger"),
        "capacity": text("Capacity self-assessment"),
        "strengths": text("Inventory of strengths"),
        "consultation": text("Log of issues raised"),
        "dictionary": text("Questionnaire with labels"),
    }[use]


def column_name(text: Text, plan: StudyPlan, column: str) -> str:
    """A measure or a column of the data as readers know it."""
    return name_with(text, plan.label_of(column), column)


def value_name(text: Text, plan: StudyPlan, value: str) -> str:
    """A value of the data in words; those that few people have have no names."""
    if value == OTHERS:
        return text("of few people each, together")
    return text.of(plan.label_of(value), value)


def with_names(text: Text, plan: StudyPlan, found: Participation) -> Participation:
    """The groups of participants in words."""
    named = tuple(
        replace(r, by=column_name(text, plan, r.by), value=value_name(text, plan, r.value))
        for r in found.representation
    )
    return replace(found, representation=named)


def name_with(text: Text, label: str | Mapping[str, str] | None, column: str) -> str:
    """The label of a column, else its header without number and courtesy."""
    if label is None and column == "site":
        return text("Community")
    return text.of(label, short_name(column))


def short_name(column: str) -> str:
    """A header without its number, its courtesy and its last mark.

    Examples
    --------
    >>> short_name("3、您的性别："), short_name("demo/age group"), short_name("2024")
    ('性别', 'age group', '2024')
    """
    bare = _POLITE.sub("", _NUMBERED.sub("", column.rpartition("/")[2])).rstrip(" ?？:：。")
    return bare or column


def kind_name(text: Text, kind: str) -> str:
    """A kind of personal data in words."""
    return {
        "name": text("names"),
        "phone": text("phone numbers"),
        "id_card": text("identity numbers"),
        "email": text("e-mail addresses"),
        "ip": text("IP addresses"),
        "address": text("home addresses"),
        "wechat": text("WeChat or QQ"),
        "plate": text("licence plates"),
    }.get(kind, kind)
