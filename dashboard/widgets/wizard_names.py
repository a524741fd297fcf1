"""Words for the uses of files and the parts of columns."""

from __future__ import annotations

from dashboard.text import Text


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
    }[use]


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
