"""Long texts made to hold a pattern up: the work grows with their length, not with its square."""

import resource
import subprocess
import sys

import pytest

SECONDS = 2.0
"""Processor time that one text may take, modules not counted: most take a tenth of it."""
KILLED_AFTER = 30
"""Processor time after which a program is ended; a pattern that looks twice at each character
would take hours."""
CASES = {
    "answer_blanks": (
        "from analysis.intake.values.answers import read_number\nread_number('5' + ' ' * N)"
    ),
    "answer_digits": (
        "from analysis.intake.values.answers import read_number\nread_number('a' + '(1' * N)"
    ),
    "date_blanks": (
        "import pandas as pd\nfrom analysis.intake.values.dates import read_dates\n"
        "read_dates(pd.Series(['1 ' + ' ' * N + 'x'], dtype=object))"
    ),
    "header_digits": (
        "from analysis.intake.values.scales import code_letters\ncode_letters('0' * N + '_')"
    ),
    "code_digits": (
        "from analysis.intake.values.respondents import propose_wave_rule\n"
        "propose_wave_rule(['1' * N + 'a1b' + '1' * N + '?', 'x1'], ['pre', 'post'], {})"
    ),
    "options": (
        "from analysis.intake.tables.choices import find_options, split_cell\n"
        "found = find_options(['1,' * N], ',')\nsplit_cell('1,' * N, ',', found)"
    ),
    "remarks": "from analysis.intake.tables.choices import split_cell\nsplit_cell('〖' * N, ';')",
    "sheet_xml": (
        "from analysis.intake.sandbox.preflight import SheetScan, _scan_chunk\n"
        "_scan_chunk(b'<c ' * N + b' t=\"e\" hidden=', SheetScan())\n"
        "_scan_chunk(b'<c r=\"A1\"><f/>' + b' ' * N + b'<row hidden=' * 9, SheetScan())"
    ),
}


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_CPU"), reason="no limit of processor time")
@pytest.mark.parametrize("case", CASES)
def test_a_long_text_is_read_within_its_processor_time(case: str):
    lines = CASES[case].splitlines()
    modules = [line for line in lines if line.startswith(("from ", "import "))]
    work = [line for line in lines if line not in modules]
    limited = [
        "import resource, time",
        f"resource.setrlimit(resource.RLIMIT_CPU, ({KILLED_AFTER}, {KILLED_AFTER}))",
        *modules,
        "N, start = 300_000, time.process_time()",
        *work,
        "print(time.process_time() - start)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(limited)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-300:]
    assert float(done.stdout) < SECONDS


def test_a_column_of_long_stories_is_no_list_of_options():
    from analysis.intake.tables.choices import option_splitter

    calls = 0

    class Counted(str):
        __slots__ = ()

        def join(self, parts):
            nonlocal calls
            calls += 1
            return str.join(self, parts)

    pieces = [f"word {n}" for n in range(2_000)]
    split = option_splitter(Counted(","), {"word 1,word 2"})
    assert split(",".join(pieces))[1] == "word 1,word 2"
    assert calls <= 3 * len(pieces)
