"""Made people in many shapes of file: what is found before saving, and what is left alone."""

from collections import Counter
from collections.abc import Iterator

import pytest

from analysis.intake.check.personal import KINDS
from analysis.intake.sandbox import workbook, worker
from analysis.intake.sandbox.protocol import read_reply
from benchmarks.find_personal_data import Shape, find_alarms, find_leaks, make_shapes


@pytest.fixture(scope="module", autouse=True)
def in_this_process() -> Iterator[None]:
    """Made files do no harm: two hundred processes that read one each would take minutes."""

    def read(files, options, limits, progress):
        asked = zip(files, options, strict=True)
        replies = (worker._reply(data, limits, told, lambda _: None) for data, told in asked)
        return [read_reply(memoryview(b"".join(reply))) for reply in replies]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "_read_files", read)
        yield


@pytest.fixture(scope="module")
def searched() -> list[tuple[Shape, list[tuple[str, str]]]]:
    """Each file with what is still readable in what would be saved."""
    return [(shape, find_leaks(shape)) for shape in make_shapes()]


def test_enough_is_planted_of_every_kind_in_many_shapes(searched):
    planted = Counter(kind for shape, _ in searched for kind, _ in shape.planted)
    assert planted.total() >= 1_500
    assert len({shape.title for shape, _ in searched}) >= 40
    assert set(planted) == set(KINDS)
    assert min(planted.values()) >= 100


def test_hardly_anything_of_a_person_stays_readable(searched):
    planted = Counter(kind for shape, _ in searched for kind, _ in shape.planted)
    readable = Counter(kind for _, leaks in searched for kind, _ in leaks)
    assert readable.total() <= 0.01 * planted.total(), readable
    assert all(readable[kind] <= 0.02 * n for kind, n in planted.items()), readable
    worst = [s.title for s, leaks in searched if len(leaks) > max(1, 0.1 * len(s.planted))]
    assert worst == []


def test_hardly_anything_harmless_is_replaced(searched):
    replaced = sum(len(shape.planted) - len(leaks) for shape, leaks in searched)
    total, alarms = find_alarms()
    assert total >= 5_000
    assert len(alarms) <= 0.05 / 0.95 * replaced, alarms[:20]
