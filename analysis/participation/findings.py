"""Which sentences participation and delivery deserve: codes and values, no words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.participation.results import Delivery, Participation, Representation
from analysis.results import Estimate, Finding
from analysis.thresholds import MIN_SHARE_HELD


def find_participation(p: Participation) -> tuple[Finding, ...]:
    """Findings in order of weight: who came, came again, whom it missed, who carries it."""
    return tuple(_all(p))


def _all(p: Participation) -> Iterator[Finding]:
    yield find_attendance(p)
    missed = find_underrepresented(p)
    if missed is not None:
        yield missed
    if isinstance(p.top10_share, Estimate):
        yield _finding("attendance_concentrated", share=p.top10_share.estimate, n=p.top10_share.n)
    outside = sum(session.outside for session in p.per_session)
    if outside:
        yield _finding("sessions_outside", n=outside, sessions=p.sessions)


def _finding(code: str, section: str = "participation", **values: Any) -> Finding:  # noqa: ANN401
    return Finding(code=code, section=section, values=values)


def find_attendance(p: Participation) -> Finding:
    """How many people came and how many came again."""
    if p.participants is None:
        return _finding("participation_contacts", contacts=p.contacts, sessions=p.sessions)
    again = p.repeat_rate.estimate if isinstance(p.repeat_rate, Estimate) else None
    if again is None:
        return _finding("participation_people", n=p.participants, sessions=p.sessions)
    values: dict[str, Any] = {"n": p.participants, "sessions": p.sessions, "again": again}
    if isinstance(p.reach, Estimate):
        return _finding("participation_reach", **values, reach=p.reach.estimate)
    return _finding("participation_repeat", **values)


def find_underrepresented(p: Participation) -> Finding | None:
    """The group whose interval lies below its share of the population, the furthest first."""
    below = [(r, r.ratio) for r in p.representation if _clearly_below(r)]
    known = [(r, ratio) for r, ratio in below if isinstance(ratio, Estimate)]
    if not known:
        return _finding("representation_even") if _any_known(p) else None
    worst, ratio = min(known, key=lambda pair: pair[1].estimate)
    share = worst.share.estimate if isinstance(worst.share, Estimate) else 0.0
    return _finding(
        "representation_below",
        by=worst.by,
        value=worst.value,
        share=share,
        population=worst.population_share,
        ratio=ratio.estimate,
    )


def _any_known(p: Participation) -> bool:
    return any(isinstance(r.ratio, Estimate) for r in p.representation)


def _clearly_below(r: Representation) -> bool:
    return isinstance(r.ratio, Estimate) and r.ratio.ci_high is not None and r.ratio.ci_high < 1


def find_delivery(d: Delivery) -> tuple[Finding, ...]:
    """Whether the plan was carried out, so that "did not work" is told from "was not done"."""
    whole = d.overall
    due = whole.planned - whole.pending
    values: dict[str, Any] = {"held": whole.held, "due": due, "moved": whole.moved}
    if not isinstance(whole.held_share, Estimate):
        return (_finding("delivery_pending", "delivery", planned=whole.planned),)
    if not isinstance(whole.fidelity, Estimate):
        # Without days of being held nobody knows which sessions were moved.
        dated = whole.moved > 0 or isinstance(whole.on_time, Estimate)
        code = "delivery_held" if dated else "delivery_held_undated"
        return (_finding(code, "delivery", **values),)
    well = min(whole.held_share.estimate, whole.fidelity.estimate) >= MIN_SHARE_HELD
    code = "delivery_as_planned" if well else "delivery_in_part"
    return (_finding(code, "delivery", **values, content=whole.fidelity.estimate),)
