"""Imports run one way, as docs/architecture.md draws it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOMAINS = ("intake", "surveys", "participation", "volunteers", "sustainability")
# A module may import modules of its own layer or of those before it.
LAYERS = (
    ("dashboard.text", "dashboard.theme"),
    ("dashboard.sentences", "dashboard.tables"),
    ("dashboard.figures", "dashboard.exports"),
    (
        "dashboard.state",
        "dashboard.workspace",
        "dashboard.progress",
        "dashboard.cache",
        "dashboard.pull",
    ),
    ("dashboard.navigation",),
    ("dashboard.widgets",),
    ("dashboard.views",),
    ("dashboard.app", "dashboard.server", "dashboard.cli", "dashboard.commands"),
)
FILES = sorted([*ROOT.glob("analysis/**/*.py"), *ROOT.glob("dashboard/**/*.py")])


def imports_of(path: Path) -> set[str]:
    """Modules a file imports, those inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer_of(module: str) -> int | None:
    for level, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return level
    return None


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_run_one_way(path: Path):
    module, imported = module_of(path), imports_of(path)
    if module.startswith("analysis"):
        forbidden = {"streamlit", "plotly", "dashboard"}
        assert not {name.split(".")[0] for name in imported} & forbidden
        return
    here = layer_of(module)
    if here is not None:
        above = {name for name in imported if (layer_of(name) or 0) > here}
        assert not above, f"{module} imports from above: {above}"


@pytest.mark.parametrize("domain", DOMAINS)
def test_domains_never_import_each_other(domain: str):
    others = tuple(f"analysis.{name}" for name in DOMAINS if name != domain)
    for path in ROOT.glob(f"analysis/{domain}/**/*.py"):
        across = {name for name in imports_of(path) if name.startswith(others)}
        assert not across, f"{module_of(path)} imports {across}"


def test_statistics_know_nothing_of_studies():
    for path in ROOT.glob("analysis/statistics/*.py"):
        allowed = ("analysis.statistics", "analysis.results", "analysis.errors")
        strange = {n for n in imports_of(path) if n.startswith("analysis")} - {"analysis"}
        assert all(name.startswith(allowed) for name in strange), f"{module_of(path)}: {strange}"


def test_figures_and_exports_draw_without_streamlit():
    for folder in ("figures", "exports", "tables", "sentences"):
        for path in ROOT.glob(f"dashboard/{folder}/*.py"):
            assert "streamlit" not in {n.split(".")[0] for n in imports_of(path)}, path
