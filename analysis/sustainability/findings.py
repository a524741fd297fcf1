"""Which sentences the sustainability sections deserve: codes and values, no words."""

from __future__ import annotations

from analysis.results import Comparison, Estimate, Finding
from analysis.sustainability.results import (
    Capacity,
    Consultation,
    DomainCapacity,
    Funding,
    Strengths,
    Sustainability,
)

DOMINANT_SHARE = 0.5


def find_sustainability(found: Sustainability) -> tuple[Finding, ...]:
    """One finding for each part present."""
    parts = (
        find_funding(found.funding) if found.funding else None,
        find_capacity(found.capacity) if found.capacity else None,
        find_strengths(found.strengths) if found.strengths else None,
        find_consultation(found.consultation) if found.consultation else None,
    )
    return tuple(part for part in parts if part is not None)


def find_funding(f: Funding) -> Finding:
    """Who carries the money, and how long it lasts."""
    by_source = next((c for c in f.concentration if c.by == "source"), None)
    if by_source is None:
        return Finding(
            code="funding_totals",
            section="funding",
            values={"income": f.income, "expense": f.expense, "currency": f.currency},
        )
    unnamed = f.unnamed_share or 0.0
    if unnamed > by_source.largest_share:
        return Finding(
            code="funding_unnamed",
            section="funding",
            values={
                "source": by_source.largest,
                "share": by_source.largest_share,
                "unnamed": unnamed,
            },
        )
    dominant = by_source.largest_share > DOMINANT_SHARE
    return Finding(
        code="funding_dominated" if dominant else "funding_spread",
        section="funding",
        values={
            "source": by_source.largest,
            "share": by_source.largest_share,
            "n_sources": by_source.n_sources - (unnamed > 0),
            "effective": by_source.effective_sources,
        },
    )


def find_capacity(c: Capacity) -> Finding | None:
    """How many domains rose clearly, and which is weakest."""
    tested = [d for d in c.domains if isinstance(d.change, Comparison)]
    if not tested:
        return _find_one_rating(c)
    known = [d for d in tested if isinstance(d.mean, Estimate)]
    if not known:
        return None
    rose = [d for d in tested if _clear(d, up=True)]
    fell = [d for d in tested if _clear(d, up=False)]
    weakest = min(known, key=lambda d: d.mean.estimate if isinstance(d.mean, Estimate) else 0.0)
    return Finding(
        code="capacity_domains",
        section="capacity",
        values={
            "rose": len(rose),
            "fell": len(fell),
            "n": len(tested),
            "weakest": weakest.domain,
            "group": weakest.group,
        },
    )


def _find_one_rating(c: Capacity) -> Finding | None:
    """Which domain is weakest, where no rater rated twice."""
    rated = [(d, d.mean.estimate) for d in c.domains if isinstance(d.mean, Estimate)]
    if not rated:
        return None
    weakest, _ = min(rated, key=lambda pair: pair[1])
    waves = {d.wave for d, _ in rated}
    code = "capacity_once" if len(waves) == 1 else "capacity_unlinked"
    values = {"n": len({d.domain for d, _ in rated}), "weakest": weakest.domain}
    return Finding(code=code, section="capacity", values=values)


def _clear(d: DomainCapacity, up: bool) -> bool:
    low = d.change.ci_low if isinstance(d.change, Comparison) else None
    high = d.change.ci_high if isinstance(d.change, Comparison) else None
    if low is None or high is None:
        return False
    return low > 0 if up else high < 0


def find_strengths(s: Strengths) -> Finding:
    """What was kept, gained and lost between the waves."""
    return Finding(
        code="strengths_change",
        section="capacity",
        values={
            "kept": sum(k.kept for k in s.kinds),
            "gained": sum(len(k.gained) for k in s.kinds),
            "lost": sum(len(k.lost) for k in s.kinds),
        },
    )


def find_consultation(c: Consultation) -> Finding:
    """Whether what was agreed was done; where the log does not record it, what it lacks."""
    if {"agreed", "done"} & set(c.lacking):
        return Finding(
            code="consultation_incomplete",
            section="consultation",
            values={"raised": c.raised, "lacking": list(c.lacking)},
        )
    if "due" in c.lacking:
        values = {"agreed": c.agreed, "done": c.done, "raised": c.raised}
        return Finding(code="issues_done", section="consultation", values=values)
    return Finding(
        code="follow_through",
        section="consultation",
        values={
            "agreed": c.agreed,
            "done": c.done,
            "overdue": c.overdue,
            "raised": c.raised,
        },
    )
