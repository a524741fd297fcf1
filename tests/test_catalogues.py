"""No word is shown in one language only, and no table leaves past the export gateway."""

import ast
import io
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dashboard.messages import extract_messages
from dashboard.text import LOCALES, read_catalogue

ROOT = Path(__file__).resolve().parent.parent
FILES = [ROOT / "analysis" / "error_words.py", *sorted(ROOT.glob("dashboard/**/*.py"))]
CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/levee.po"))
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


def messages_of(path: Path) -> Iterator[tuple[str, ...]]:
    """Sentences of a file, each with its forms by number."""
    with path.open("rb") as source:
        for _, _, message, _ in extract_messages(source, (), (), {}):
            yield (message,) if isinstance(message, str) else message


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_every_sentence_is_found_in_the_code():
    source = b"""
def _say(message): ...
text("plain"); draft.text.count("one", "many", n); f"{current_text()('inside')}"
_say("made"); text("yes" if x else "no"); names = [N_("marked")]; "a b".count("a"); len("not")
"""
    found = {message for *_, message, _ in extract_messages(io.BytesIO(source), (), (), {})}
    assert found == {"plain", ("one", "many"), "inside", "made", "yes", "no", "marked"}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_every_message_has_a_chinese_translation(path: Path):
    known = read_catalogue("zh-Hans")
    missing = [one for forms in messages_of(path) for one in forms if one and one not in known]
    assert not missing, "run `make messages`, then translate: " + "\n".join(missing)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_placeholders_and_each_is_used(path: Path):
    with path.open("rb") as stream:
        catalogue = read_po(stream)
    used = {forms for one in FILES for forms in messages_of(one)}
    for message in catalogue:
        if not message.id:
            continue
        forms = (message.id,) if isinstance(message.id, str) else message.id
        told = message.string if isinstance(message.string, str) else message.string[-1]
        assert told, f"{path.name}: {forms[0]!r} is not translated"
        assert not message.fuzzy, f"{path.name}: {forms[0]!r} is not sure"
        assert placeholders(told) == placeholders(forms[-1]), f"{path.name}: {forms} → {told!r}"
        assert forms in used, f"{path.name}: no code says {forms[0]!r}; run `make messages`"


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
