"""Words for the parts of columns, and why a part was proposed."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import StudyPlan
from dashboard.text import Text
from dashboard.workspace.column_parts import BREAKDOWN, MEASURE


def part_name(text: Text, plan: StudyPlan, part: str) -> str:
    """The part a survey column plays."""
    if part.startswith(MEASURE):
        name = part.removeprefix(MEASURE)
        labels = {one.name: text.of(one.label, one.name) for one in plan.measures}
        return text("Item of “{measure}”", measure=labels.get(name, name))
    if part == BREAKDOWN:
        return text("Break results down by")
    return field_name(text, part) if part else text("Not used")


def reason_name(text: Text, reason: str) -> str:
    """Why a column was recognised as it was."""
    return {
        "header": text("by its name"),
        "tool_column": text("written by the tool"),
        "ticks": text("ticked or not"),
        "answer_words": text("by the words of its answers"),
        "rating": text("answers form a scale"),
        "dates": text("holds dates"),
        "numbers": text("holds numbers"),
        "few_answers": text("few different answers"),
        "many_answers": text("many different answers"),
        "joined_answers": text("several answers in one cell"),
        "personal_form": text("looks like personal data"),
        "empty": text("empty"),
        "question_with_options": text("a question with options"),
        "dictionary": text("as the questionnaire says"),
        "row_numbers": text("numbers the rows"),
        "money_bands": text("bands of money"),
        "odd_answers": text("a scale but for a few odd answers"),
        "precision_lost": text("digits beyond the 15th are lost"),
    }.get(reason, "")


def setting_name(text: Text, where: Sequence[str]) -> str:
    """A setting of the study file in words where it has some: ``survey › Cluster``."""
    known = {**_people(text), **_activities(text), **_money(text), **_meetings(text)}
    return " › ".join([*where[:-1], known.get(where[-1], where[-1])])


def field_name(text: Text, field: str) -> str:
    """Which part a column can play."""
    return {**_people(text), **_activities(text), **_money(text), **_meetings(text)}[field]


def _people(text: Text) -> dict[str, str]:
    return {
        "respondent": text("Respondent's code"),
        "wave": text("Wave (before, after)"),
        "group": text("Group (programme, comparison)"),
        "site": text("Community"),
        "cluster": text("Cluster (building, class)"),
        "weight": text("Weight"),
        "started_on": text("Date of answering"),
        "anchor": text("“How has it changed?” (one overall question)"),
        "volunteer": text("Volunteer"),
        "joined": text("Joined on"),
        "left": text("Left on"),
        "reason": text("Reason for leaving"),
        "role": text("Role"),
        "trained": text("Trained on"),
        "successor": text("Successor"),
    }


def _activities(text: Text) -> dict[str, str]:
    return {
        "person": text("Person"),
        "session": text("Session"),
        "date": text("Date"),
        "kind": text("Kind"),
        "attended": text("Attended"),
        "registered": text("Registered"),
        "invited": text("Invited"),
        "household": text("Household"),
        "level": text("Level of participation"),
        "count": text("Number of people"),
        "planned": text("Planned for"),
        "held": text("Held on"),
        "status": text("Status"),
        "phase": text("Phase"),
        "content_planned": text("Parts planned"),
        "content_delivered": text("Parts delivered"),
        "staff_hours": text("Staff hours"),
        "volunteer_hours": text("Volunteer hours"),
        "led_by_residents": text("Led by residents"),
        "hours": text("Hours"),
        "activity": text("Activity"),
        "signed_up": text("Signed up"),
    }


def _money(text: Text) -> dict[str, str]:
    return {
        "amount": text("Amount"),
        "income": text("Income"),
        "expense": text("Expense"),
        "direction": text("Income or expense"),
        "source": text("Source"),
        "restricted": text("Restricted"),
        "recurring": text("Recurring"),
        "ends": text("Grant ends on"),
    }


def _meetings(text: Text) -> dict[str, str]:
    return {
        "domain": text("Domain"),
        "score": text("Score"),
        "rater": text("Rater"),
        "item": text("Item"),
        "leadership": text("Holds an office"),
        "strength": text("Strength"),
        "present": text("Present"),
        "issue": text("Issue"),
        "raised": text("Raised on"),
        "raised_by": text("Raised by"),
        "agreed": text("Agreed on"),
        "due": text("Due on"),
        "done": text("Done on"),
        "told_back": text("Reported back on"),
        "declined": text("Declined because"),
        "meeting": text("Meeting"),
        "parties": text("Parties present"),
        "stage": text("Stage"),
        "promised_level": text("Level promised"),
        "delivered_level": text("Level delivered"),
    }
