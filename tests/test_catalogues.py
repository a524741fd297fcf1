"""No word is shown in one language only, and no table leaves past the export gateway."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dashboard.text import LOCALES, read_catalogue

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(ROOT.glob("dashboard/**/*.py"))
CHINESE = sorted(LOCALES.glob("zh_Hans/*.po"))
TEXT_NAMES = {"text", "t", "current_text()", "Text", "draft.text", "self.text"}
# Words handed to st.* that are names, sizes or identifiers, not sentences.
SHOWN = {
    "title",
    "header",
    "subheader",
    "caption",
    "write",
    "markdown",
    "info",
    "warning",
    "error",
    "success",
    "button",
    "selectbox",
    "multiselect",
    "radio",
    "checkbox",
    "toggle",
    "text_input",
    "number_input",
    "expander",
    "tabs",
    "metric",
    "download_button",
    "file_uploader",
    "spinner",
    "link_button",
    "segmented_control",
    "pills",
    "text_area",
    "date_input",
    "slider",
    "toast",
}


def module_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls_of(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def messages_of(path: Path) -> Iterator[tuple[str, int]]:
    """Literals passed to ``text(…)`` and ``text.count(…)`` with their lines."""
    for call in calls_of(path):
        name = ast.unparse(call.func)
        texts = [a for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in TEXT_NAMES:
            yield from ((a.value, a.lineno) for a in texts[:1])
        elif name in ("counted", "_counted") or (
            name.endswith(".count") and name.removesuffix(".count") in TEXT_NAMES
        ):
            yield from ((a.value, a.lineno) for a in texts[1:2])


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_every_message_has_a_chinese_translation(path: Path):
    known = read_catalogue("zh-Hans")
    missing = [
        f"{path.name}:{line}: {message}"
        for message, line in messages_of(path)
        if re.search("[A-Za-z]{2}", re.sub(r"{\w+}", "", message)) and message not in known
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.stem)
def test_translations_keep_placeholders_and_differ_from_english(path: Path):
    with path.open("rb") as stream:
        catalogue = read_po(stream)
    for message in catalogue:
        if not message.id:
            continue
        one = message.id if isinstance(message.id, str) else message.id[-1]
        told = message.string if isinstance(message.string, str) else message.string[-1]
        assert told, f"{path.name}: {one!r} is not translated"
        assert placeholders(told) == placeholders(one), f"{path.name}: {one!r} → {told!r}"


def test_the_same_message_has_one_translation():
    found: dict[str, set[str]] = {}
    for path in CHINESE:
        with path.open("rb") as stream:
            for message in read_po(stream):
                if message.id and isinstance(message.id, str):
                    found.setdefault(message.id, set()).add(str(message.string))
    assert not {one: told for one, told in found.items() if len(told) > 1}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_nothing_is_shown_untranslated(path: Path):
    for call in calls_of(path):
        name = ast.unparse(call.func)
        if not name.startswith(("st.", "figure.")) or name.rpartition(".")[2] not in SHOWN:
            continue
        for shown in call.args[:1]:
            if isinstance(shown, ast.Constant) and isinstance(shown.value, str):
                words = re.search(r"[A-Za-z]{2,}", shown.value.replace("Levee", ""))
                assert not words, f"{module_of(path)}:{call.lineno}: {shown.value!r}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_tables_leave_only_through_the_export_gateway(path: Path):
    raw = {"to_csv", "to_excel", "to_html", "to_markdown", "to_latex"}
    for call in calls_of(path):
        if isinstance(call.func, ast.Attribute) and call.func.attr in raw:
            assert path.name in {"gateway.py"}, f"{module_of(path)}:{call.lineno}: raw export"
