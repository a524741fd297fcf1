"""Which findings stand together on the overview, and which of them are problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.results import Finding
from dashboard.text import Text

AREAS: Mapping[str, str] = {
    "comparison": "comparison",
    "outcomes": "outcomes",
    "participation": "participation",
    "delivery": "delivery",
    "volunteers": "volunteers",
    "sustainability": "scorecard",
}
"""Question → the page that tells more."""
_SECTION_OF = {
    **dict.fromkeys(("funding", "capacity", "consultation", "strengths"), "sustainability"),
    **dict.fromkeys(
        ("trajectory", "items", "subgroups", "dose", "reliability", "attrition"), "outcomes"
    ),
}
# Problem → the page where it is looked into; the order is that of urgency.
_PROBLEMS = {
    "funding_dominated": "funding",
    "follow_through": "consultation",
    "volunteers_shrank": "volunteers",
    "volunteers_half_left": "volunteers",
    "representation_below": "reach",
    "outlook_shrinks": "outlook",
    "hours_concentrated": "hours",
    "lost_differ": "attrition",
    "delivery_in_part": "delivery",
}
_DONE_WELL = 0.75


def group_findings(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Group findings by the question they answer; unknown sections count as outcomes."""
    grouped: dict[str, list[Finding]] = {}
    for area in AREAS:
        found = [f for f in findings if _SECTION_OF.get(f.section, f.section) == area]
        if found:
            grouped[area] = found
    return grouped


def list_problems(findings: Sequence[Finding], most: int = 4) -> list[Finding]:
    """The findings somebody should act on, the most urgent first, one for each page."""
    chosen: dict[str, Finding] = {}
    for code, view in _PROBLEMS.items():
        for finding in findings:
            if finding.code == code and _is_problem(finding):
                chosen.setdefault(view, finding)
    return list(chosen.values())[:most]


def view_of(finding: Finding) -> str:
    """The page where a problem is looked into."""
    return _PROBLEMS[finding.code]


def area_name(text: Text, area: str) -> str:
    """The question an area of findings answers."""
    return {
        "outcomes": text("Did anything change?"),
        "comparison": text("More than elsewhere?"),
        "participation": text("Who took part?"),
        "delivery": text("Was it carried out?"),
        "volunteers": text("Do volunteers stay?"),
        "sustainability": text("Will it last?"),
    }[area]


def _is_problem(finding: Finding) -> bool:
    """Promises are a problem unless nearly all that was agreed is done."""
    if finding.code != "follow_through":
        return True
    done, agreed = finding.values.get("done", 0), finding.values.get("agreed", 0)
    return bool(agreed) and done < _DONE_WELL * agreed
