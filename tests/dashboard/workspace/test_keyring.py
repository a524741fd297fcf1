"""Keys go to the system's keyring where there is one, else to a file only the owner reads."""

import stat
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.errors import WorkspaceError
from dashboard.workspace.engine import close_workspaces
from dashboard.workspace.keys import has_key, keys_folder, study_key
from dashboard.workspace.store import create_study, open_study
from tests.errors import coded


class Keyring:
    """A backend that remembers."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))


class Fail:
    """The backend of a computer without any keyring."""


class Null:
    """The backend that forgets."""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LEVEE_WORKSPACE", str(tmp_path / "work.sqlite"))
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    yield tmp_path
    close_workspaces()


def install(monkeypatch: pytest.MonkeyPatch, backend: object) -> None:
    """Put a library in the place of ``keyring``, with one backend."""
    library = types.ModuleType("keyring")
    library.get_keyring = lambda: backend
    if isinstance(backend, Keyring):
        library.set_password, library.get_password = backend.set_password, backend.get_password
    backends = types.ModuleType("keyring.backends")
    backends.fail = types.SimpleNamespace(Keyring=Fail)
    backends.null = types.SimpleNamespace(Keyring=Null)
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.backends", backends)


def stored(folder: Path) -> bytes:
    close_workspaces()
    return b"".join(path.read_bytes() for path in folder.glob("work.sqlite*"))


def test_the_key_goes_to_the_keyring_and_nowhere_else(workspace, monkeypatch):
    ring = Keyring()
    install(monkeypatch, ring)
    study = create_study("t")
    name, key = study_key(study)
    assert ring.kept == {("levee", name): key.hex()}
    assert not keys_folder().exists()
    assert study_key(study) == (name, key)
    assert open_study(study).drafts["key_id"] == name
    assert key not in stored(workspace)
    assert key.hex().encode() not in stored(workspace)


@pytest.mark.parametrize("backend", [Fail(), Null()])
def test_without_a_keyring_the_key_lies_in_a_file_of_its_owner(workspace, monkeypatch, backend):
    install(monkeypatch, backend)
    study = create_study("t")
    name, key = study_key(study)
    path = keys_folder() / f"{name}.key"
    assert path.read_text() == key.hex()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key.hex().encode() not in stored(workspace)
    assert has_key(study)


def test_a_key_of_a_file_is_found_after_a_keyring_was_installed(workspace, monkeypatch):
    install(monkeypatch, Fail())
    study = create_study("t")
    told = study_key(study)
    install(monkeypatch, Keyring())
    assert study_key(study) == told


class Locked(Keyring):
    """A keyring that nobody unlocked."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        raise RuntimeError("locked")

    def get_password(self, service: str, name: str) -> str | None:
        raise RuntimeError("locked")


def test_a_locked_keyring_leaves_the_key_in_a_file_of_its_owner(workspace, monkeypatch):
    install(monkeypatch, Locked())
    study = create_study("t")
    name, key = study_key(study)
    assert stat.S_IMODE((keys_folder() / f"{name}.key").stat().st_mode) == 0o600
    assert study_key(study) == (name, key)


def test_a_key_in_a_locked_keyring_is_not_taken_for_missing(workspace, monkeypatch):
    ring = Keyring()
    install(monkeypatch, ring)
    study = create_study("t")
    told = study_key(study)
    install(monkeypatch, Locked())
    for ask in (study_key, has_key):
        with pytest.raises(WorkspaceError, check=coded("key_not_read")):
            ask(study)
    install(monkeypatch, ring)
    assert study_key(study) == told
