"""The list of mutants that cannot change a result speaks of lines that are there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTED = tomllib.loads((ROOT / "benchmarks" / "equivalent_mutants.toml").read_text("utf-8"))


def test_every_listed_line_is_in_its_file():
    gone = []
    for one in LISTED["equivalent"]:
        name, line = re.match(r"(\w+\.py): (.*?)  ->  ", one["mutant"]).groups()
        source = (ROOT / "analysis" / "statistics" / name).read_text("utf-8")
        if line not in map(str.strip, source.splitlines()):
            gone.append(one["mutant"])
    assert gone == []
    assert all(one["reason"] for one in LISTED["equivalent"])
