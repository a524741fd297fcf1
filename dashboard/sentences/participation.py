"""What the pages on reach and attendance are based on."""

from __future__ import annotations

from analysis.participation.results import Participation
from dashboard.text import Text


def say_sessions(text: Text, p: Participation) -> str:
    """Say what the numbers are based on."""
    counted = text(
        "{contacts} attendances at {sessions} sessions.",
        contacts=text.number(p.contacts, 0),
        sessions=text.number(p.sessions, 0),
    )
    if p.households is not None:
        homes = text.count("{n} household took part.", "{n} households took part.", p.households)
        counted = text.join([counted, homes])
    days = sorted(s.date for s in p.per_session if s.date is not None)
    if not days:
        return counted
    when = text("{first} to {last}.", first=text.month(days[0]), last=text.month(days[-1]))
    return text.join([counted, when])
