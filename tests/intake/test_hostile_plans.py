"""Study files built to do harm are refused in words, within a second of work and 200 MB."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.errors import LeveeError
from analysis.intake.read.reader import read_study
from analysis.plan import parse_plan, read_plan
from tests.errors import coded

SURVEY = '[volunteers]\nvolunteer = "code"\npath = {path}\n'
PLANS = {
    "dotted key": ".".join(["a"] * 49_000) + " = 1\n",
    "nested list": "a = " + "[" * 40_000 + "]" * 40_000 + "\n",
    "nested table": "a = " + "{a = " * 20_000 + "1" + "}" * 20_000 + "\n",
    "table header": "[" + ".".join(["a"] * 40_000) + "]\n",
    "long integer": "[study]\nseed = " + "9" * 5_000 + "\n",
    "large integer": "[study]\nseed = " + "9" * 400 + "\n",
    "hexadecimal integer": "[study]\nseed = 0x" + "f" * 60_000 + "\n",
    "open string": '[study]\ntitle = """' + '"" ' * 60_000,
    "device": SURVEY.format(path='"/dev/zero"'),
    "outside": SURVEY.format(path='"../../../../../../etc/passwd"'),
    "absolute": SURVEY.format(path='"/etc/passwd"'),
    "folder": SURVEY.format(path='"."'),
    "nul": SURVEY.format(path='"a\\u0000b"'),
}
# A limit of the address space that the interpreter with its libraries just fits into would test
# the libraries; the growth over an ordinary plan is what a hostile one costs.
RUN = """
import resource, sys
from pathlib import Path
from analysis.errors import LeveeError
from analysis.intake.read.reader import read_study
from analysis.plan import read_plan
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def spent(): return resource.getrusage(resource.RUSAGE_SELF).ru_utime
for path in (Path(one) for one in sys.argv[1:]):
    before, start = peak(), spent()
    try:
        read_study(path)
        said = "read"
    except LeveeError as error:
        said = error.code
    print(path.stem, said, round(peak() - before), round(spent() - start, 3), sep="|")
"""


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float, float]]:
    """Plan → error code, megabytes and seconds of the processor."""
    folder = tmp_path_factory.mktemp("plans")
    paths = [folder / f"{name}.toml" for name in PLANS]
    for path in paths:
        path.write_text(PLANS[path.stem], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert done.returncode == 0, done.stderr[-500:]
    lines = (line.split("|") for line in done.stdout.splitlines())
    return {name: (code, float(size), float(time)) for name, code, size, time in lines}


@pytest.mark.parametrize("name", PLANS)
def test_a_hostile_plan_is_refused_and_costs_little(costs, name: str):
    code, megabytes, seconds = costs[name]
    expected = {
        "device": "file_outside",
        "outside": "file_outside",
        "absolute": "file_outside",
        "folder": "file_special",
        "nul": "missing_file",
        "large integer": "study_file_value",
        "hexadecimal integer": "study_file_value",
    }
    deep = ("dotted key", "nested list", "nested table", "table header")
    assert code == expected.get(name, "study_file_deep" if name in deep else "study_file_syntax")
    assert megabytes < 200
    assert seconds < 1


def test_a_device_or_a_folder_is_no_study_file(tmp_path: Path):
    for path in (Path("/dev/zero"), tmp_path):
        with pytest.raises(LeveeError, check=coded("study_file_missing")):
            read_plan(path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    inside = tmp_path / "study"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("code,joined\nA,2025-01-01\n", encoding="utf-8")
    (inside / "a.csv").symlink_to(tmp_path / "secret.csv")
    plan = SURVEY.format(path='"a.csv"')
    (inside / "study.toml").write_text(plan, encoding="utf-8")
    with pytest.raises(LeveeError, check=coded("file_outside")):
        read_study(inside / "study.toml")


@pytest.mark.parametrize(
    "title",
    [
        '"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s"',
        "'[[[[[[[[[[[[[[[[[[[['",
        '"""\n{{{{{{{{{{{{{{{{{{\n"""',
    ],
)
def test_dots_and_brackets_in_words_are_no_depth(title: str):
    assert parse_plan(f"[study]  # {'[' * 30}\ntitle = {title}\n").study.title
