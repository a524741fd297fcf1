"""Problems in the data: collected, never raised, shown together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One problem found in the data.

    Attributes
    ----------
    code
        Stable identifier, for example ``"out_of_range"``; words are made from it elsewhere.
    severity
        ``error``: rows were left out · ``warning``: look before quoting · ``info``: good to know.
    file, sheet, column
        Where; empty when it concerns the whole.
    rows
        Spreadsheet row numbers (1-based, as the spreadsheet program shows them).
    details
        Values for the sentence, such as the offending values, n or the rule.
    """

    code: str
    severity: Severity = "warning"
    file: str = ""
    sheet: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    details: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
