"""Each number of the verification book agrees with its second software."""

from pathlib import Path

import pytest

from benchmarks.verify_statistics import list_published_rows, list_rows, write_book

ROWS, PUBLISHED = list_rows(), list_published_rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_number_agrees_with_second_software(row):
    assert row.difference <= row.tolerance, f"{row.ours!r} against {row.theirs!r} ({row.by})"


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.key)
def test_number_agrees_with_what_was_published(row):
    assert row.difference <= row.tolerance, f"{row.ours!r} against {row.printed} ({row.by})"


def test_the_book_is_long_and_as_published():
    assert len(ROWS) + len(PUBLISHED) >= 420
    lines: list[str] = []
    write_book(ROWS, PUBLISHED, lines.append)
    book = Path(__file__).parents[1] / "docs" / "verification.md"
    published = book.read_text(encoding="utf-8")
    for row in ROWS:
        assert f"| {row.key} | {row.by} | {row.theirs:.10g} |" in published
    for row in PUBLISHED:
        assert f"| {row.key} | {row.by} | {row.printed} |" in published


def test_a_formula_is_typed_in_r_only_where_no_package_of_the_book_gives_the_number():
    typed = {row.key.rpartition(".")[0] for row in ROWS if row.by.startswith("base R")}
    assert typed == {
        "partly.derrick",
        "lee",
        "lee_counts",
        "groups.ancova_by_group",
        "groups.ancova_covariates_by_group",
        *(f"p_chart.{place}" for place in range(1, 7)),
    }
