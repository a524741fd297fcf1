"""What every page says: each is opened in Streamlit's AppTest and read from top to bottom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit.proto.Block_pb2 import Block as BlockProto
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block as TreeBlock
from streamlit.util import calc_hash

from analysis.plan import plan_from_dict
from dashboard.navigation import SECTIONS
from dashboard.workspace.store import create_study, save_file, save_version
from tests.golden.blocks import Block, figure_block, frame_block, plain
from tests.golden.studies import SAMPLE, Source

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
#: Choices on a page that are tried one by one: all of up to eight, else the second and the last.
_MANY = 8
CHOICE = " with "
_CHOICES = ("button_group", "radio", "selectbox", "toggle", "checkbox")
#: In a study of one's own these pages change it: their choices stay as they are.
_CHANGING = "Study"


def list_views() -> dict[str, str]:
    """List every page's address with its part of the navigation."""
    return {entry.view: part for part, entries in SECTIONS.items() for entry in entries}


def save_source(name: str, source: Source) -> str:
    """Save a study into the workspace and give its id; the sample is always there."""
    if name == SAMPLE:
        return SAMPLE
    study = create_study(name.capitalize())
    for path, content in source.files.items():
        save_file(study, path, content)
    save_version(study, plan_from_dict(dict(source.plan)))
    return study


def read_pages(
    study: str, language: str, audience: str, tried: bool
) -> Iterator[tuple[str, list[Block]]]:
    """Open every page and give its blocks; where choices are tried, after each of them too.

    Choices come last: what a reader has seen before may decide what else they may see.
    """
    app = AppTest.from_file(str(APP), default_timeout=300)
    asked = {"study": study, "lang": language, "audience": audience}
    offering = []
    for view, part in list_views().items():
        _open(app, view, **asked)
        yield view, list(_read(app.main))
        if (part != _CHANGING or study == SAMPLE) and any(map(app.main.get, _CHOICES)):
            offering.append(view)
    yield "beside every page", list(_read(app.sidebar))
    for view in offering if tried else ():
        _open(app, view, **asked)
        yield from _try_choices(app, view)


def _open(app: AppTest, view: str, **asked: str) -> None:
    for key, value in asked.items():
        app.query_params[key] = value
    app._page_hash = calc_hash(view)
    app.run()


def _try_choices(app: AppTest, view: str) -> Iterator[tuple[str, list[Block]]]:
    """Make every other choice that a page offers, one at a time, and read it again."""
    offered = [(kind, at) for kind in _CHOICES for at in range(len(app.main.get(kind)))]
    for kind, at in offered:
        widget = app.main.get(kind)[at]
        start = _chosen(widget)
        for option in _alternatives(widget):
            app.main.get(kind)[at].set_value(option)
            app.run()
            yield f"{view}{CHOICE}{widget.label}: {option}", list(_read(app.main))
            if at >= len(app.main.get(kind)):
                break
        if at < len(app.main.get(kind)):
            app.main.get(kind)[at].set_value(start)
            app.run()


def _alternatives(widget: Any) -> list[Any]:
    if widget.type in ("toggle", "checkbox"):
        return [not widget.value]
    others = [option for option in widget.options if option != _chosen(widget)]
    return others if len(widget.options) <= _MANY else [others[0], others[-1]]


def _chosen(widget: Any) -> Any:
    """What is chosen, in the words shown."""
    if widget.type == "multiselect":
        return [widget.options[at] for at in widget.indices]
    if widget.type == "button_group":
        return next(iter(widget.formatted_values), None)
    if widget.type in ("toggle", "checkbox"):
        return widget.value
    return None if widget.index is None or not widget.options else widget.options[widget.index]


def _read(block: TreeBlock, where: str = "") -> Iterator[Block]:
    """Blocks from top to bottom; what stands in an expander, tab or popover says so."""
    for child in block.children.values():
        if isinstance(child, TreeBlock):
            label = _label_of(child.proto)
            if label:
                yield _placed([child.type, label], where)
            yield from _read(child, f"{where} › {label}" if label and where else label or where)
        else:
            for found in _read_element(child):
                yield _placed(found, where)


def _placed(block: Block, where: str) -> Block:
    return [*block, {"in": where}] if where else block


def _label_of(proto: Any) -> str:
    """The words on an expander, tab, popover or dialog; other containers have none."""
    if isinstance(proto, BlockProto):
        proto = getattr(proto, proto.WhichOneof("type") or "vertical")
    return str(getattr(proto, "label", "") or getattr(proto, "title", ""))


_NOTHING = ("empty", "html", "space", "skeleton", "divider")
_FIELDS = {
    **dict.fromkeys(("title", "header", "subheader", "markdown", "caption", "text"), ("body",)),
    **dict.fromkeys(("info", "warning", "error", "success", "toast"), ("body",)),
    "code": ("code_text",),
    "metric": ("label", "body", "delta"),
    "exception": ("type", "message"),
}
_CHOSEN_FROM = ("button_group", "radio", "selectbox", "multiselect")
_ASKED = (
    *("button", "download_button", "page_link", "link_button", "file_uploader", "toggle"),
    *("checkbox", "text_input", "text_area", "number_input", "date_input"),
)
#: What a widget says beside its label, and what it holds before anybody types.
_ASIDE = ("help", "placeholder", "default")


def _read_element(element: Any) -> Iterator[Block]:
    """What one element says; an element of a new kind is an error, never passed over."""
    kind, proto = element.type, element.proto
    if kind in _FIELDS:
        yield [kind, *(getattr(proto, name) for name in _FIELDS[kind]), *_asides(proto, "help")]
    elif kind in _CHOSEN_FROM:
        yield [kind, proto.label, list(element.options), _chosen(element), *_asides(proto)]
    elif kind in _ASKED:
        yield [kind, proto.label, *_asides(proto)]
    elif kind == "table":
        yield frame_block(element.value)
    elif kind == "dataframe":
        settings = json.loads(proto.columns) if proto.columns else {}
        yield [*frame_block(element.value, "scrolled table"), plain(settings)]
    elif kind == "plotly_chart":
        yield figure_block(json.loads(proto.spec), proto.alt)
    elif kind == "image":
        yield from (["image", image.alt or image.caption] for image in proto.imgs)
    elif kind not in _NOTHING:
        raise NotImplementedError(f"a page shows {kind}: say in {__name__} how it is read")


def _asides(proto: Any, *names: str) -> Iterator[Any]:
    """What stands beside a label, where it has anything."""
    known = proto.DESCRIPTOR.fields_by_name
    for name in names or _ASIDE:
        value = getattr(proto, name) if name in known else ""
        if name != "default" and value:
            yield value
        elif name == "default" and name in known and not _chooses(proto):
            yield plain(value)


def _chooses(proto: Any) -> bool:
    """Whether a default is a place among options: what is chosen is said in words."""
    return "options" in proto.DESCRIPTOR.fields_by_name
