"""What every page and every export says, stored before the presentation is arranged anew.

``python -m tests.golden.presentation`` stores it, for the sample and 30 random studies, in both
languages, as an evaluator and as a funder are shown it: sentences, table cells, data of pictures.
``python -m tests.golden.presentation --check`` compares and prints each difference: study,
audience, language, page or file, block, before → after. ``--study "survey 3"`` takes one study
only, ``--file FOLDER/before.json.xz`` another file: that of an own commit before its change. A
part is compared by the tests.

Nothing stored names a module or a key: a change of structure leaves it as it is. A change of words
or numbers is stored anew, with its reason in the changelog.
"""

from __future__ import annotations

import argparse
import json
import logging
import lzma
import math
import multiprocessing
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from difflib import SequenceMatcher
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import streamlit as st

from analysis import Study, evaluate, read_study, sections
from analysis.disclosure import make_release
from analysis.evaluation import Provenance
from analysis.intake.values import typed_table
from analysis.plan import plan_from_dict
from analysis.sustainability import consultation
from dashboard.workspace import models
from dashboard.workspace.engine import VARIABLE, close_workspaces
from tests.golden.blocks import Block, tidy_figure
from tests.golden.documents import printed, read_documents
from tests.golden.pages import CHOICE, read_pages, save_source
from tests.golden.studies import SAMPLE, Source, make_source, name_studies

FILE = Path(__file__).with_suffix(".json.xz")
LANGUAGES = ("en", "zh-Hans")
AUDIENCES = ("evaluator", "funder")
MEDIA = ("pages", "exports")
#: Another processor ends an iteration a little elsewhere.
TOLERANCE = 1e-6
_CREATED = "2026-12-31T12:00:00+00:00"
_SHOWN, _LONGEST = 80, 240
_ORDINAL, _WORDS = re.compile(r"\[\d+\]"), re.compile(r" “.*”", re.DOTALL)
_MISSING = object()
#: A hash as it is shown, whole or its first twelve signs.
_HASH = re.compile(r"(?<![0-9A-Za-z])(?=\d*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9A-Za-z])")

Place = tuple[str, str, str, str]
"""Study, audience, language, and the page or file with its part."""
Record = dict[Place, list[Block]]


def record_study(
    name: str,
    media: Sequence[str] = MEDIA,
    languages: Sequence[str] = LANGUAGES,
    audiences: Sequence[str] = AUDIENCES,
    *,
    choices: bool = True,
) -> Record:
    """Record what pages and exports of one study say; pages also with the choices they offer."""
    source = make_source(name)
    with still_clock():
        found: Record = {}
        if "exports" in media:
            found |= _record_exports(name, source, languages, audiences)
        if "pages" in media:
            found |= _record_pages(name, source, languages, audiences, choices)
    return {place: _mask(blocks) for place, blocks in found.items()}


def _record_exports(
    name: str, source: Source, languages: Sequence[str], audiences: Sequence[str]
) -> Record:
    found: Record = {}
    study = read_study(plan_from_dict(dict(source.plan)), dict(source.files))
    evaluation = evaluate(study)
    for audience in audiences:
        own = audience == "evaluator"
        made = evaluation if own else make_release(evaluation, study, audience)[0]
        for language in languages:
            if audience != "evaluator" or _is_whole(name, audience, language):
                for part, blocks in read_documents(made, study, language):
                    _add(found, (name, audience, language, part), blocks)
    return found


def _record_pages(
    name: str, source: Source, languages: Sequence[str], audiences: Sequence[str], choices: bool
) -> Record:
    found: Record = {}
    with _empty_workspace(), printed():
        saved = save_source(name, source)
        for language in languages:
            for audience in audiences:
                tried = choices and _is_whole(name, audience, language)
                for part, blocks in read_pages(saved, language, audience, tried):
                    _add(found, (name, audience, language, f"page {part}"), blocks)
    return found


@contextmanager
def _empty_workspace() -> Iterator[None]:
    """Open a new workspace, with nothing kept of what pages have shown before."""
    st.cache_resource.clear()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, {VARIABLE: f"sqlite:///{folder}/workspace.sqlite"}),
    ):
        yield
        close_workspaces()


def is_choice(place: Place) -> bool:
    """Whether a page was read after a choice was made on it."""
    return place[3].startswith("page ") and CHOICE in place[3]


def _add(found: Record, place: Place, blocks: list[Block]) -> None:
    """Add blocks; a second part of the same name is told apart by its number."""
    *before, part = place
    number = 1
    while place in found:
        number += 1
        place = (before[0], before[1], before[2], f"{part} ({number})")
    found[place] = blocks


def _is_whole(name: str, audience: str, language: str) -> bool:
    """Whether everything is recorded: every choice of the pages, the evaluator's documents.

    Of the sample it is, in both languages; of a random study in one, as the evaluator has it.
    """
    if name == SAMPLE:
        return audience == "evaluator" or language == LANGUAGES[1]
    return audience == "evaluator" and language == LANGUAGES[int(name.split()[1]) % 2]


@contextmanager
def still_clock() -> Iterator[None]:
    """Let results be made on one day, by one version; days of files may lie in the future."""
    make = sections.describe_provenance

    def make_still(study: Study) -> Provenance:
        made = make(study)
        return replace(made, created=_CREATED, versions=dict.fromkeys(made.versions, "0.0.0"))

    class Moment(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromisoformat(_CREATED).astimezone(tz)

    class Day(date):
        @classmethod
        def today(cls) -> date:
            return Moment.now().date()

    with (
        patch.object(sections, "describe_provenance", make_still),
        patch.object(typed_table, "_tomorrow", lambda: pd.Timestamp("2200-01-01")),
        patch.object(consultation, "date", Day),
        patch.object(models, "datetime", Moment),
    ):
        yield


def _mask(value: Any) -> Any:
    """Hide the hash of files and settings: it changes with each new setting of a study file."""
    if isinstance(value, str):
        return _HASH.sub("…", value)
    if isinstance(value, list):
        return [_mask(one) for one in value]
    return {key: _mask(one) for key, one in value.items()} if isinstance(value, dict) else value


def record_all(names: Iterable[str], processes: int | None = None) -> Record:
    """Record studies on all processors, each medium on its own; the sample by language as well."""
    parts = [
        (name, (medium,), languages)
        for name in names
        for medium in MEDIA
        for languages in ([(one,) for one in LANGUAGES] if name == SAMPLE else [LANGUAGES])
    ]
    found: Record = {}
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, fresh, initializer=_be_quiet) as pool:
        running = {pool.submit(record_study, *part): part for part in parts}
        for at, done in enumerate(as_completed(running), start=1):
            found |= done.result()
            name, media, _ = running[done]
            print(f"{at} of {len(parts)}: {name}, {media[0]}", file=sys.stderr)
    return found


def _be_quiet() -> None:
    """Streamlit warns at every page that no server runs."""
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True


def store(record: Record, file: Path = FILE) -> None:
    """Store a record: every different block once, and where it stands.

    Raises
    ------
    ValueError
        When a page failed: that is nothing to be kept.
    """
    failed = [(place, block) for place in record for block in record[place] if _failed(block)]
    if failed:
        raise ValueError(f"{len(failed)} pages failed: {failed[0]}")
    numbers: dict[str, int] = {}
    places = [
        [*place, [numbers.setdefault(_key(block), len(numbers)) for block in blocks]]
        for place, blocks in sorted(record.items())
    ]
    told = {"blocks": list(numbers), "places": places}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    file.write_bytes(lzma.compress(written, preset=9))


def _failed(block: Block) -> bool:
    return block[0] == "exception"


def _key(block: Block) -> str:
    return json.dumps(block, ensure_ascii=False, separators=(",", ":"))


@cache
def stored(file: Path = FILE) -> Record:
    """Read what was stored."""
    told = json.loads(lzma.decompress(file.read_bytes()))
    blocks = [json.loads(block) for block in told["blocks"]]
    return {
        (study, audience, language, part): [blocks[number] for number in numbers]
        for study, audience, language, part, numbers in told["places"]
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is said otherwise; ``before`` or ``after`` is empty where it is not said."""

    place: Place
    block: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{' · '.join(self.place)} · {self.block}: {self.before} → {self.after}"


def compare(
    before: Mapping[Place, list[Block]],
    after: Mapping[Place, list[Block]],
    tolerance: float = TOLERANCE,
) -> list[Difference]:
    """Find every difference between two records of the same studies."""
    found = []
    for place in sorted(before.keys() | after.keys()):
        if place not in before or place not in after:
            words = ("there", "gone") if place in before else ("not there", "new")
            found.append(Difference(place, "the whole part", *words))
        elif before[place] != after[place]:
            old, new = (list(map(_tidy, record[place])) for record in (before, after))
            found += _compare_blocks(place, old, new, tolerance)
    return found


def _tidy(block: Block) -> Block:
    return tidy_figure(block) if block[0] == "figure" else block


def _compare_blocks(
    place: Place, before: list[Block], after: list[Block], tolerance: float
) -> Iterator[Difference]:
    """Match blocks that stayed, then compare those between them in their order."""
    matcher = SequenceMatcher(None, _rough(before), _rough(after), autojunk=False)
    for change, a, b, c, d in matcher.get_opcodes():
        pairs = zip_longest(before[a:b], after[c:d])
        for old, new in pairs:
            if old is None or new is None or old[0] != new[0]:
                if old is not None:
                    yield Difference(place, str(old[0]), _short(old[1:]), "gone")
                if new is not None:
                    yield Difference(place, str(new[0]), "not there", _short(new[1:]))
                continue
            if old[0] == "printed picture":
                old, new = _words_apart(old, new)
            name = str(old[0]) if change == "equal" else _name(old)
            for path, one, other in _compare_values(old, new, "", tolerance):
                yield Difference(place, f"{name}{path}", _short(one), _short(other))


def _words_apart(old: Block, new: Block) -> tuple[Block, Block]:
    """Words that stand in one of two printed pictures alone, wherever they stand in it."""
    before, after = (Counter(" ".join(block[1]).split()) for block in (old, new))
    apart = (sorted((one - other).elements()) for one, other in ((before, after), (after, before)))
    return tuple([old[0], " ".join(words)] for words in apart)  # type: ignore[return-value]


def _rough(blocks: list[Block]) -> list[str]:
    """Blocks by their words and first digits, to be matched."""
    return [_key(_round(block)) for block in blocks]


def _round(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, list):
        return [_round(one) for one in value]
    return {key: _round(one) for key, one in value.items()} if isinstance(value, dict) else value


def _name(block: Block) -> str:
    """What kind of block, and its first words."""
    first = next(iter(block[1:]), "")
    if isinstance(first, dict):
        known = ("code", "measure", "name", "indicator", "wave", "by")
        first = " ".join(str(first[key]) for key in known if first.get(key))
    return f"{block[0]} “{str(first)[:40]}”" if first else str(block[0])


def _compare_values(
    before: Any, after: Any, path: str, tolerance: float
) -> Iterator[tuple[str, Any, Any]]:
    """Places inside a block where two values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            old, new = before.get(key, "not there"), after.get(key, "gone")
            yield from _compare_values(old, new, f"{path}.{key}", tolerance)
    elif isinstance(before, list) and isinstance(after, list):
        for at, (old, new) in enumerate(zip_longest(before, after, fillvalue=_MISSING)):
            if old is _MISSING or new is _MISSING:
                yield f"{path}[{at}]", *("not there" if o is _MISSING else o for o in (old, new))
            else:
                yield from _compare_values(old, new, f"{path}[{at}]", tolerance)
    elif not _same(before, after, tolerance):
        yield path, before, after


def _same(before: Any, after: Any, tolerance: float) -> bool:
    if _is_number(before) and _is_number(after):
        return math.isclose(before, after, rel_tol=tolerance, abs_tol=tolerance * 1e-3)
    return type(before) is type(after) and bool(before == after)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _around(before: str, after: str) -> tuple[str, str]:
    """Where two long texts differ, with the words before and after that."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), 0)
    start = max(0, same - 40) if same > 60 else 0
    return _cut(before, start), _cut(after, start)


def _cut(words: str, start: int) -> str:
    end = start + _LONGEST
    return ("…" if start else "") + words[start:end] + ("…" if len(words) > end else "")


def show(differences: Sequence[Difference]) -> str:
    """Say differences so that a person can judge them; what is alike in many places once."""
    alike: dict[tuple[str, ...], list[Difference]] = defaultdict(list)
    for one in differences:
        alike[_ORDINAL.sub("[…]", one.block), one.before, one.after].append(one)
    if len(alike) > _SHOWN:
        # One that stands in many blocks, or changes many numbers, would hide the others.
        alike = defaultdict(list)
        for one in differences:
            kind = _WORDS.sub("", _ORDINAL.sub("[…]", one.block))
            alike[kind, one.place[3].partition(CHOICE)[0]].append(one)
    lines = []
    for found in list(alike.values())[:_SHOWN]:
        first, others = found[0], len(found) - 1
        before, after = _around(first.before, first.after)
        lines.append(" · ".join(first.place) + (f"  (and {others} more)" if others else ""))
        lines += [f"    {first.block}", f"    - {before}", f"    + {after}"]
    if len(alike) > _SHOWN:
        lines.append(f"… and {len(alike) - _SHOWN} others")
    studies = {one.place[0] for one in differences}
    lines.append(f"{len(differences)} differences in {len(studies)} studies")
    return "\n".join(lines)


def main() -> int:
    """Store all that is said, or compare it with what is stored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is stored")
    parser.add_argument("--tolerance", type=float, default=1e-9, help="relative, of numbers")
    parser.add_argument("--study", action="append", help="only this one: sample, “survey 3” …")
    parser.add_argument("--file", type=Path, default=FILE, help="another than the tests' own")
    parser.add_argument("--processes", type=int)
    asked = parser.parse_args()
    names = asked.study or name_studies()
    found = record_all(names, asked.processes)
    if not asked.check:
        kept = stored(asked.file) if asked.study and asked.file.exists() else {}
        store({**{p: b for p, b in kept.items() if p[0] not in names}, **found}, asked.file)
        return 0
    before = {place: blocks for place, blocks in stored(asked.file).items() if place[0] in names}
    differences = compare(before, found, asked.tolerance)
    print(show(differences))
    return min(len(differences), 1)


if __name__ == "__main__":
    # Streamlit's tests take the place of the main module: processes find these functions by name.
    from tests.golden import presentation

    raise SystemExit(presentation.main())
