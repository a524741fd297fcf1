"""Result objects every section shares, and their plain records.

A finding carries its n, what is missing, its method and its interval at full precision.
Rounding and words happen in the dashboard. "Not estimable" is a value with a reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np

Reason = Literal[
    "too_few", "no_variance", "suppressed", "not_asked", "not_identified", "not_reached", "no_data"
]
Audience = Literal["evaluator", "manager", "funder", "public"]
AUDIENCES: tuple[Audience, ...] = ("evaluator", "manager", "funder", "public")
Severity = Literal["info", "caution", "serious"]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Suppressed(float):
    """A number withheld because it is about too few people; never a zero, never missing.

    A float so that it fits every numeric field; what is computed from it is withheld too, and
    no comparison with it holds. There is one value, :data:`SUPPRESSED`.

    Examples
    --------
    >>> SUPPRESSED + 1, SUPPRESSED > 3, SUPPRESSED == SUPPRESSED, f"{SUPPRESSED:.2f}"
    (SUPPRESSED, False, True, '[c]')
    """

    __slots__ = ()

    def __new__(cls, _value: object = None) -> Suppressed:
        """Make the one value there is, whatever is given."""
        return super().__new__(cls, math.nan)

    def __repr__(self) -> str:
        return "SUPPRESSED"

    def __str__(self) -> str:
        return SUPPRESSED_MARK

    def __format__(self, _form: str) -> str:
        return SUPPRESSED_MARK

    def __reduce__(self) -> tuple[type[Suppressed], tuple[()]]:
        return Suppressed, ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Suppressed)

    def __ne__(self, other: object) -> bool:
        return not isinstance(other, Suppressed)

    def __hash__(self) -> int:
        return hash("SUPPRESSED")

    def __bool__(self) -> bool:
        return True

    def _withheld(self, *_others: object) -> Suppressed:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _withheld
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _withheld
    __mod__ = __rmod__ = __pow__ = __rpow__ = _withheld
    __neg__ = __pos__ = __abs__ = _withheld
    __round__ = _withheld  # type: ignore[assignment]


#: As statistical offices mark a confidential number (UK Government Analysis Function, 2023).
SUPPRESSED_MARK = "[c]"
#: Of type Any, because it stands in whole-number fields as well.
SUPPRESSED: Any = Suppressed()


def number_to_draw(value: float | None) -> float | None:
    """Give a number for a picture; None, which no picture draws, when it is withheld."""
    return None if isinstance(value, Suppressed) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What protecting a release did.

    Attributes
    ----------
    cells
        Numbers about people that the evaluation holds; None when nothing was protected.
    hidden
        Of these, the ones withheld.
    smallest_interval
        Narrowest range, in people (counts) or as people's worth of the scale (sums), to which
        anything withheld can be narrowed from all that is released; None without such cells.
    costs
        (page, kind, numbers, withheld) by page. Kinds: ``results`` are what ``cells`` and
        ``hidden`` count; ``people`` are lists of single people, left out by rule, however
        many stand in them: without numbers.
    """

    cells: int | None = None
    hidden: int = 0
    smallest_interval: float | None = None
    costs: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEstimable:
    """A number that cannot be given, and why.

    Attributes
    ----------
    reason
        ``too_few`` observations · ``no_variance`` · ``suppressed`` (group below ``min_group``) ·
        ``not_asked`` · ``not_identified`` by the design · ``not_reached`` (a median beyond the
        data) · ``no_data``.
    n
        Observations there were; 0 when suppressed.
    method
        The method that would have been used.
    name
        Name of the analysis or effect size, where there is one.
    details
        What would be needed, for the sentence.
    """

    reason: Reason
    n: int = 0
    method: str = ""
    name: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval.

    Attributes
    ----------
    estimate, ci_low, ci_high
        In the unit of the measure; rates are 0–1; limits None where no interval exists.
    ci_level
        Coverage of the interval, 0–1.
    std_error
        Standard error, where the method has one.
    n, n_missing
        Observations used and left out.
    method
        Name of the method, from the glossary.
    name
        Name of the effect size or quantity, where there is one.
    """

    estimate: float
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float = 0.95
    std_error: float | None = None
    n: int
    n_missing: int = 0
    method: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A contrast with its test: to minus from, or treated minus comparison.

    Attributes
    ----------
    name
        Name of the analysis, as listed in the results format (``paired_t``, ``welch_t``, …).
    estimate, std_error, ci_low, ci_high, ci_level
        The contrast and its interval; None where the method gives none.
    statistic, df, p_value
        Test statistic, degrees of freedom, two-sided p-value.
    n
        People (or pairs) used; ``n_missing`` left out.
    method
        How exactly: zero rule, df rule, correction.
    details
        Further numbers of the method (n_zero, n_clusters, icc, …).
    """

    name: str
    estimate: float | None = None
    std_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float = 0.95
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    n: int
    n_missing: int = 0
    method: str
    details: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A survival or incidence curve as a step function.

    Attributes
    ----------
    time_days
        Times of the steps, days, ascending; first entry 0.
    at_risk, events, censored
        Counts at each time.
    survival, ci_low, ci_high
        Share 0–1 still serving (or incidence) just after each time, and its interval.
    n, n_missing, method, ci_level
        As in :class:`Estimate`.
    """

    time_days: tuple[float, ...]
    at_risk: tuple[float, ...]
    events: tuple[float, ...]
    censored: tuple[float, ...]
    survival: tuple[float, ...]
    ci_low: tuple[float, ...]
    ci_high: tuple[float, ...]
    ci_level: float = 0.95
    n: int
    n_missing: int = 0
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence to be: its code and the values it speaks of (no display text).

    Attributes
    ----------
    code
        Which sentence, for example ``"change_clear_increase"``.
    section
        Section of the results it belongs to: outcomes, participation, volunteers, …
    measure
        Measure name, or empty.
    values
        Numbers and names for the sentence.
    """

    code: str
    section: str
    measure: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something to know before quoting a number.

    Attributes
    ----------
    code
        Which caution, for example ``"no_comparison_group"``.
    severity
        ``info``, ``caution`` or ``serious``.
    section, measure
        Where it stands.
    values
        Numbers and names for the sentence.
    """

    code: str
    severity: Severity = "caution"
    section: str = ""
    measure: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


EstimateLike: TypeAlias = Estimate | NotEstimable
ComparisonLike: TypeAlias = Comparison | NotEstimable


def as_record(value: Any) -> Any:  # noqa: ANN401
    """Turn a result object into plain JSON values, at full precision.

    Dataclasses become dicts of their fields, tuples become lists, dates ISO text, non-finite
    numbers None. :class:`NotEstimable` becomes ``{"estimate": None, "reason": …, …}``.

    Examples
    --------
    >>> as_record(NotEstimable(reason="too_few", n=1))["estimate"] is None
    True
    """
    if isinstance(value, NotEstimable):
        return _record_of_not_estimable(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_record(getattr(value, f.name)) for f in fields(value)}
    if hasattr(value, "model_dump"):  # a part of the study file
        return as_record(value.model_dump())
    if isinstance(value, Mapping):
        return {str(key): as_record(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset | np.ndarray):
        return [as_record(item) for item in value]
    return _record_of_scalar(value)


def _record_of_not_estimable(value: NotEstimable) -> dict[str, Any]:
    record: dict[str, Any] = {"estimate": None, "reason": value.reason, "n": value.n}
    if value.name:
        record["name"] = value.name
    if value.method:
        record["method"] = value.method
    if value.details:
        record["details"] = as_record(value.details)
    return record


def _record_of_scalar(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Suppressed):
        return "suppressed"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_row(value: Any) -> dict[str, Any]:  # noqa: ANN401
    """Flatten a result object into one table row; nested fields get dotted names.

    Examples
    --------
    >>> to_row(Estimate(estimate=1.0, n=3, method="mean"))["n"]
    3
    """
    return dict(_flatten("", as_record(value)))


def _flatten(prefix: str, value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    if isinstance(value, dict):
        name = f"{prefix}." if prefix else ""
        return [pair for key, item in value.items() for pair in _flatten(f"{name}{key}", item)]
    return [(prefix, value)]
