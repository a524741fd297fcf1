"""Sentences about who came, and whom it missed."""

from __future__ import annotations

from collections.abc import Callable

from analysis.participation.results import LISTED, Participation
from analysis.results import Caution, Estimate, Finding
from analysis.thresholds import MIN_FOR_UNEVENNESS
from dashboard.text import Text


def _number(text: Text, told: Finding | Caution, name: str) -> str:
    return text.number(told.values[name], 0)


def _share(text: Text, told: Finding | Caution, name: str) -> str:
    return text.percent(told.values[name])


def _reach(text: Text, f: Finding) -> str:
    return text(
        "{n} people came, {reach} of those eligible; {again} of them came again.",
        n=_number(text, f, "n"),
        reach=_share(text, f, "reach"),
        again=_share(text, f, "again"),
    )


def _repeat(text: Text, f: Finding) -> str:
    return text(
        "{n} people came to {sessions} sessions; {again} of them came again.",
        n=_number(text, f, "n"),
        sessions=_number(text, f, "sessions"),
        again=_share(text, f, "again"),
    )


def _below(text: Text, f: Finding) -> str:
    return text(
        "{value} are {share} of the participants but {population} of the community.",
        value=text.of(f.values.get("label"), str(f.values["value"])),
        share=_share(text, f, "share"),
        population=_share(text, f, "population"),
    )


FINDINGS: dict[str, Callable[[Text, Finding], str]] = {
    "participation_reach": _reach,
    "participation_repeat": _repeat,
    "participation_people": lambda text, f: text(
        "{n} people came to {sessions} sessions.",
        n=_number(text, f, "n"),
        sessions=_number(text, f, "sessions"),
    ),
    "participation_contacts": lambda text, f: text(
        "{sessions} sessions counted {contacts} attendances; unique people are not known.",
        sessions=_number(text, f, "sessions"),
        contacts=_number(text, f, "contacts"),
    ),
    "representation_below": _below,
    "representation_even": lambda text, _: text(
        "No group is clearly missing: the participants resemble the community."
    ),
    "attendance_concentrated": lambda text, f: text(
        "The most active tenth of {n} participants make up {share} of all attendances.",
        n=_number(text, f, "n"),
        share=_share(text, f, "share"),
    ),
    "sessions_outside": lambda text, f: text(
        "Attendance at {n} of {sessions} sessions lies outside what chance explains.",
        n=_number(text, f, "n"),
        sessions=_number(text, f, "sessions"),
    ),
}

CAUTIONS: dict[str, Callable[[Text, Caution], str]] = {
    "participation_not_compared": lambda text, _: text(
        "Attendance is left out: an older version of Levee wrote the ledger of an earlier "
        "release, and the two cannot be compared."
    ),
    "participation_left_out": lambda text, c: text(
        "Attendance is left out: beside an earlier release it would "
        "single out fewer than {least} people.",
        least=text.number(c.values["least"], 0),
    ),
    "participation_no_eligible": lambda text, _: text(
        "How many people could have come was not given, so reach cannot be told."
    ),
    "attendance_of_few": lambda text, c: text(
        "The attendance rate is decided by few people ({n}): its 95% interval is too narrow.",
        n=text.number(c.values["n"], 0),
    ),
    "return_of_few": lambda text, c: text(
        "The share who came to the very next session is decided by few people ({n}): its 95% "
        "interval is too narrow.",
        n=text.number(c.values["n"], 0),
    ),
    "unevenness_of_few": lambda text, _: text(
        "How unevenly attendance is shared: among fewer than {least} people these 95% intervals "
        "are too narrow (about 87% to 92% hold), and fewer than 20 people have none.",
        least=text.number(MIN_FOR_UNEVENNESS, 0),
    ),
    "participation_more_than_eligible": lambda text, c: text(
        "{n} people came but only {eligible} were said to be eligible: check that number.",
        n=_number(text, c, "n"),
        eligible=_number(text, c, "eligible"),
    ),
    "attendance_only_present": lambda text, _: text(
        "The sheet lists only those present, so no-shows cannot be told."
    ),
    "sign_ins_repeated": lambda text, c: text(
        "{n} repeated sign-ins were counted once.", n=_number(text, c, "n")
    ),
    "attendance_walk_ins": lambda text, c: text(
        "{n} attendances were not registered before; the attendance rate leaves them out.",
        n=_number(text, c, "n"),
    ),
    "participation_no_population": lambda text, _: text(
        "The community's make-up was not given, so nobody can say whom it missed."
    ),
    "participation_counts_only": lambda text, _: text(
        "Only counts per session are known: people who came twice count twice."
    ),
    "attended_above_registered": lambda text, c: text(
        "{n} sessions counted more present than registered; their rates are left out.",
        n=_number(text, c, "n"),
    ),
}


def name_step(text: Text, step: str) -> str:
    """Name a step of the funnel."""
    return {
        "community": text("Eligible"),
        "invited": text("Invited"),
        "came": text("Came"),
        "came_again": text("Came again"),
        "completed": text("Came to 80 % or more"),
        "volunteer": text("Became a volunteer"),
    }[step]


def say_sessions(text: Text, p: Participation) -> str:
    """Say what the numbers are based on."""
    told = text(
        "{contacts} attendances at {sessions} sessions.",
        contacts=text.number(p.contacts, 0),
        sessions=text.number(p.sessions, 0),
    )
    if p.households is not None:
        homes = text.count("{n} household took part.", "{n} households took part.", p.households)
        told = text.join([told, homes])
    days = sorted(s.date for s in p.per_session if s.date is not None)
    if not days:
        return told
    when = text("{first} to {last}.", first=text.month(days[0]), last=text.month(days[-1]))
    return text.join([told, when])


def describe_sessions(text: Text, p: Participation) -> tuple[str, str]:
    """Describe the picture of the sessions: subtitle and alternative text.

    Where nobody's registration is known there is no share and no band.
    """
    if not any(isinstance(s.rate, Estimate) for s in p.per_session):
        return (
            text("People present at each session; how many were expected is not known."),
            text("Bars of the people present at each session."),
        )
    dots = text("Dots of attendance by session with the band of usual variation.")
    if p.attendance_rate.name == LISTED:
        return (
            text("Share of those listed who came; the band is how sessions usually vary."),
            dots,
        )
    return text("Share of those registered who came; the band is how sessions usually vary."), dots


def list_participation_cards(text: Text, p: Participation) -> list[tuple[str, str]]:
    """Numbers of the page: value and meaning."""
    people = (text.number(p.participants, 0), text("different people came"))
    if p.participants is None:
        people = (text.number(p.contacts, 0), text("attendances"))
    came = text("of those registered came ({low} to {high})")
    if p.attendance_rate.name == LISTED:
        came = text("of those on the list came, over all sessions ({low} to {high})")
    named = (
        (p.attendance_rate, came),
        (p.repeat_rate, text("came again ({low} to {high})")),
        (p.return_rate, text("came to the very next session ({low} to {high})")),
    )
    cards = [people, *(_card(text, rate, w) for rate, w in named if isinstance(rate, Estimate))]
    if p.fill_rate is not None:
        cards.append((text.percent(p.fill_rate), text("of all places or registrations filled")))
    return cards


def _card(text: Text, rate: Estimate, what: str) -> tuple[str, str]:
    low, high = text.percent(rate.ci_low), text.percent(rate.ci_high)
    return text.percent(rate.estimate), what.format(low=low, high=high)
