"""What an attacker took, and how he reads a results file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LEAST = 5


@dataclass(slots=True)
class Spoils:
    """What was recovered: cells by attack, and the people in them."""

    cells: Counter[str] = field(default_factory=Counter)
    people: int = 0
    examples: dict[str, str] = field(default_factory=dict)

    def take(self, attack: str, people: float, example: str = "") -> None:
        """Count one recovered number about 1 to LEAST − 1 people."""
        n = round(people)
        if 0 < n < LEAST:
            self.cells[attack] += 1
            self.people += n
            self.examples.setdefault(attack, example)

    def add(self, other: Spoils) -> None:
        """Add what another attack took."""
        self.cells.update(other.cells)
        self.people += other.people
        self.examples = {**other.examples, **self.examples}


def number(value: Any) -> float | None:
    """A number of a results file; None when it is missing or withheld."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every record and list of a results file with its path."""
    yield path, value
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from walk(one, f"{path}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from walk(one, f"{path}[]")


def estimate_of(record: Any) -> tuple[float, float] | None:
    """Estimate and n of a record, when both are given."""
    if not isinstance(record, Mapping):
        return None
    value, n = number(record.get("estimate")), number(record.get("n"))
    return None if value is None or n is None else (value, n)


def outcome_of(results: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first outcome of a results file."""
    return next(iter(results.get("outcomes") or ()), None)
