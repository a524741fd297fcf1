"""Names of what files are: the tool that wrote them, their use, the wave they hold."""

from __future__ import annotations

from dashboard.text import Text

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
