"""The secret keys behind the codes: kept beside nothing they could open.

A study only carries its key's name. The key itself lies in the system's keyring where the
``keyring`` library is installed and has one, else in a file of its own that only its owner can
read. A copy of a study, brought in on the same computer, finds its key again by the name; on
another computer the key file brings it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from analysis.errors import WorkspaceError
from dashboard.workspace.store import open_study, save_draft

VARIABLE = "LEVEE_KEYS"
NAME, _OLD = "key_id", "key"
_SERVICE = "levee"
_HEX = frozenset("0123456789abcdef")


def keys_folder() -> Path:
    """Folder of key files: ``LEVEE_KEYS``, else in the user's settings, never in the workspace."""
    asked = os.environ.get(VARIABLE, "").strip()
    return Path(asked).expanduser() if asked else user_config_path("levee") / "keys"


def study_key(study: str) -> tuple[str, bytes]:
    """Name and secret of a study's key; a new study gets one.

    Raises
    ------
    WorkspaceError
        ``key_missing`` when the study was brought here without its key, ``key_not_read`` when the
        keyring does not give it, ``key_not_saved``.
    """
    drafts = open_study(study).drafts
    name, old = str(drafts.get(NAME) or ""), str(drafts.get(_OLD) or "")
    if name:
        key = _read(name)
        if key is None:
            raise WorkspaceError("key_missing", study=study)
        return name, key
    # Studies of earlier versions kept the key in the workspace: it moves out.
    name, key = secrets.token_hex(8), bytes.fromhex(old) if old else secrets.token_bytes(32)
    store_key(name, key)
    save_draft(study, NAME, name)
    if old:
        save_draft(study, _OLD, None)
    return name, key


def place_key(place: Path) -> tuple[str, bytes, bool]:
    """Name and secret of the key of a study file, and whether it was kept before.

    A new one is not kept yet: where nothing is replaced by codes there is nothing to match.
    """
    name = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]
    kept = _read(name)
    return name, kept or secrets.token_bytes(32), kept is not None


def has_key(study: str) -> bool:
    """Whether the key of a study is on this computer, or the study has none yet."""
    name = str(open_study(study).drafts.get(NAME) or "")
    return not name or _read(name) is not None


def renew_key(study: str) -> None:
    """Start with a new key: codes of files to come differ from those saved before."""
    save_draft(study, NAME, None)
    study_key(study)


def named_key(name: str) -> bytes:
    """The key of that name on this computer; a new one where there is none."""
    key = _read(name)
    if key is None:
        key = secrets.token_bytes(32)
        store_key(name, key)
    return key


def store_key(name: str, key: bytes) -> None:
    """Keep a key under its name.

    Raises
    ------
    WorkspaceError
        ``key_not_saved`` when neither the keyring nor the folder takes it.
    """
    _check_name(name)
    ring = system_keyring()
    if ring is not None:
        try:
            ring.set_password(_SERVICE, name, key.hex())
        except Exception:  # each system's keyring fails in its own way, as when it is locked
            logging.getLogger("levee").warning("the keyring takes no key: it is kept in a file")
        else:
            return
    folder = keys_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        # Created with its final mode: at no time can another user read it.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(folder / f"{name}.key", flags, 0o600), "w") as stream:
            stream.write(key.hex())
            stream.flush()
            os.fsync(stream.fileno())
        (folder / f"{name}.key").chmod(0o600)
    except OSError as error:
        raise WorkspaceError("key_not_saved", where=str(folder), problem=str(error)) from error


def _read(name: str) -> bytes | None:
    _check_name(name)
    ring, told = system_keyring(), None
    path = keys_folder() / f"{name}.key"
    try:
        told = ring.get_password(_SERVICE, name) if ring is not None else None
    except Exception as error:
        # A key that is there and cannot be read is not a key that is missing: with a new one the
        # next wave would match nobody.
        if not path.is_file():
            raise WorkspaceError("key_not_read", problem=str(error)) from error
    if told is None and path.is_file():
        told = path.read_text(encoding="ascii").strip()
    return bytes.fromhex(told) if told else None


def _check_name(name: str) -> None:
    """A name from an archive becomes a file's name: nothing but the digits it is made of."""
    if not 8 <= len(name) <= 64 or not set(name) <= _HEX:
        raise WorkspaceError("archive_damaged")


def system_keyring() -> Any | None:  # noqa: ANN401
    """The system's keyring, where the optional library finds one that can store."""
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError:
        return None
    backend = keyring.get_keyring()
    return None if isinstance(backend, fail.Keyring | null.Keyring) else keyring
