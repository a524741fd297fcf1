"""The right role of each column of the real exports, against the role proposed."""

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from analysis.intake.model import Table
from analysis.intake.propose.column_roles import propose_roles

KEYS = tomllib.loads((Path(__file__).parent / "column_keys.toml").read_text(encoding="utf-8"))


def key_of(file: str) -> dict[str, str] | None:
    """The key of a file, None when nobody made one."""
    return next((key for name, key in KEYS.items() if fnmatchcase(file, name)), None)


def judged_columns(table: Table, key: dict[str, str]) -> Iterator[tuple[str, str, str, float]]:
    """Name, right roles, proposed role and confidence of every answered column."""
    for profile in propose_roles(table):
        if profile.n_unique:
            right = next((told for told in key.items() if fnmatchcase(profile.name, told[0])), None)
            assert right is not None, f"{table.file}: no key for {profile.name!r}"
            yield profile.name, right[1], profile.role, profile.confidence


def is_right(right: str, role: str) -> bool:
    """The proposed role is one of the right ones."""
    return role in [one.strip() for one in right.split("|")]
