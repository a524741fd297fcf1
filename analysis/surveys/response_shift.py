"""Response shift: how people see their start afterwards, against what they said at the time.

A retrospective wave asks at the end about the start ("then-test"). Its difference from the real
start never enters the headline: it stands beside it.

References
----------
Howard 1980, Evaluation Review 4, 93–106; Schwartz & Sprangers 1999,
doi:10.1016/S0277-9536(99)00047-7.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analysis.results import ComparisonLike
from analysis.surveys.results import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseShift:
    """One measure seen from its retrospective wave.

    ``shift`` is retrospective minus real start; ``change`` the end minus the real start;
    ``from_memory`` the end minus the retrospective start.
    """

    measure: str
    wave: str
    shift: ComparisonLike
    change: ComparisonLike
    from_memory: ComparisonLike


def list_response_shifts(
    outcomes: Sequence[Outcome], retrospective: Collection[str]
) -> list[ResponseShift]:
    """Gather the three contrasts of each measure with a retrospective wave."""
    changes = {(o.measure, *o.contrast): o.change for o in outcomes}
    found = []
    for main in (o for o in outcomes if o.main):
        start, end = main.contrast
        for wave in retrospective:
            shift = changes.get((main.measure, start, wave))
            memory = changes.get((main.measure, wave, end))
            if shift is not None and memory is not None:
                found.append(
                    ResponseShift(
                        measure=main.measure,
                        wave=wave,
                        shift=shift,
                        change=main.change,
                        from_memory=memory,
                    )
                )
    return found
