"""Tokens of survey servers: in the system's keyring, never in a file, a study or a workspace."""

from __future__ import annotations

from dashboard.pull.client import Address, Token
from dashboard.workspace.keys import system_keyring

_SERVICE = "levee pull"


def find_token(tool: str, address: Address) -> Token | None:
    """The token kept for a server; None where there is none, or no keyring."""
    ring = system_keyring()
    told = ring.get_password(_SERVICE, _name(tool, address)) if ring is not None else None
    return Token(told) if told else None


def keep_token(tool: str, address: Address, token: Token) -> bool:
    """Keep a token in the system's keyring; False where there is no keyring."""
    ring = system_keyring()
    if ring is None:
        return False
    ring.set_password(_SERVICE, _name(tool, address), token.value)
    return True


def forget_token(tool: str, address: Address) -> bool:
    """Take a token out of the keyring; False where none was kept."""
    ring = system_keyring()
    if ring is None or find_token(tool, address) is None:
        return False
    ring.delete_password(_SERVICE, _name(tool, address))
    return True


def has_keyring() -> bool:
    """Whether this computer has a keyring that can keep a token."""
    return system_keyring() is not None


def _name(tool: str, address: Address) -> str:
    return f"{tool} {address.origin}"
