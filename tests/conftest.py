"""Fixtures shared by all tests."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from analysis.intake.values import typed_table

#: The same examples each time, so that a change is judged by itself; CONTRIBUTING.md has the
#: command that looks for new ones.
# No deadline: a busy machine is no fault of the code, and tests do not ask the clock.
CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **CALM)
settings.register_profile("search", max_examples=500, **CALM)
settings.load_profile("same")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def no_clock() -> Iterator[None]:
    """Files of tests may be dated any day; tests of the clock set it themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_table, "_tomorrow", lambda: pd.Timestamp("2200-01-01"))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_scan_for_components() -> Iterator[None]:
    """Each AppTest asks every installed package for components: 0.25 s, always with one answer."""
    if "streamlit" not in sys.modules:
        yield
        return
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real files that are not part of the project; tests skip when it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real files not present: ../shared/data is missing")
    return folder


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """Folder of the simulated sample community."""
    return ROOT / "data" / "sample"


@pytest.fixture(scope="session", autouse=True)
def own_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys and studies of tests are never among the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVEE_WORKSPACE", str(tmp_path_factory.mktemp("work") / "none.sqlite"))
        patch.setenv("LEVEE_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield
