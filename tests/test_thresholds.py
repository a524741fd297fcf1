"""Each cut-off stands once: nobody writes the level of a test beside a p-value."""

import ast
import re
from pathlib import Path

from analysis import thresholds

ROOT = Path(__file__).resolve().parents[1]


def bare_levels(source: str) -> list[int]:
    """Lines that compare something with a bare .05, .01 or .1, in which p is named."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        numbers = {n.value for n in node.comparators if isinstance(n, ast.Constant)}
        names = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(node)}
        if numbers & {0.05, 0.01, 0.1} and any(
            name == "p" or name.startswith("p_") for name in names
        ):
            lines.append(node.lineno)
    return lines


def test_no_level_of_a_test_stands_bare():
    assert bare_levels("clear = p_value < 0.05") == [1]
    found = {
        str(path.relative_to(ROOT)): lines
        for folder in ("analysis", "dashboard")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := bare_levels(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_each_threshold_says_where_it_comes_from():
    source = Path(thresholds.__file__).read_text(encoding="utf-8")
    reasons = re.findall(r"((?:^#: .*\n)+)(?:^[A-Z_]+: Final = .*\n)+", source, flags=re.M)
    names = [name for name in vars(thresholds) if name.isupper()]
    assert len(names) > 10
    assert sum(f"{name}: Final" in source for name in names) == len(names)
    cited = re.compile(r"Levee|doi:|\(\d{4}\)|\(Fisher|docs/")
    assert [one for one in reasons if not cited.search(one)] == []
