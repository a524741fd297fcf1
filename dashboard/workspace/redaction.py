"""Personal data are kept out of the workspace: they are replaced by codes that still match.

A file is rewritten before it is saved. Codes are HMAC-SHA256 of the normalised value under the
study's own key, so that one person's waves still meet. The rewritten file must read exactly as
the original everywhere else; if it does not, the columns are named and the file is not to be
saved.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from analysis.errors import IntakeError
from analysis.intake.check.personal import (
    are_names,
    clean_name,
    find_personal,
    names_a_thing,
    pseudonym,
    split_names,
)
from analysis.intake.check.personal_text import Span, find_spans, is_certain_name, is_han_name
from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.propose.near_names import MARKED_KINDS, MAX_MARKED, mark_spellings
from analysis.intake.read.reader import read_table
from analysis.intake.sandbox.workbook import Progress, open_workbook
from analysis.intake.tables.dictionaries import DICTIONARY_FORMATS
from analysis.intake.values.column_lookup import column_texts
from analysis.intake.values.known_words import BLANKS, DICTIONARY_SHEETS, TOTALS
from dashboard.log import log_failure
from dashboard.workspace.hidden_parts import has_hidden_text, without_properties
from dashboard.workspace.rewriting import write_sheets

LARGEST = 5_000_000
"""Cells of a workbook up to which it is rewritten."""
_TOLD_ROWS = 2_000
"""Rows after which the search says how far it is, and can be cancelled."""
_UNSEEN = frozenset({"nul_bytes"})
"""What a rewritten file cannot show again: NUL bytes are left out of it."""
_NOBODY = BLANKS | frozenset(
    {"匿名", "不详", "保密", "未填", "不愿透露", "anonymous", "unknown", "(空)"}
)
_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\]")
_FILE_SIGNS = re.compile(r"[_\-.()（）【】\[\]+]")
_FILE_WORDS = re.compile(
    r"的?(?:访谈|问卷|签到|记录|资料|档案|名单|个案|报名|前测|后测|调查|评估|个人|家庭|日志|服务|周记|总结|照片|材料|申请)"
)
_LONGEST_SHEET_NAME = 31
_CODE = re.compile(r"[0-9a-f]{16}(?: [0-9a-f]{16})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person decided about the personal data of one file; texts stay in the session.

    Attributes
    ----------
    keep_columns
        Columns that hold no personal data, or whose originals the person chose to keep.
    code_columns
        Column → kind of personal data that was not found by itself.
    keep_texts
        Words in cells that name nobody.
    code_texts
        Words that are to be replaced wherever they stand.
    keep_all
        The person knowingly keeps every original.
    """

    keep_columns: frozenset[str] = frozenset()
    code_columns: Mapping[str, str] = field(default_factory=dict)
    keep_texts: frozenset[str] = frozenset()
    code_texts: frozenset[str] = frozenset()
    keep_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """One personal text outside the personal columns: in a title, a note, a name of a sheet."""

    place: str
    kind: str
    original: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A file as it may be saved, and its personal data.

    Attributes
    ----------
    content
        The bytes to save.
    name
        The file's name as it may be saved.
    columns
        Column → kind of personal data; on other sheets than the first ``sheet › column``.
    all_columns
        Every column's name in the same spelling, for the person to choose from.
    texts
        Personal data elsewhere. In memory only.
    codes
        Code → kind and original: the key file. In memory only.
    marks
        Code → keyed marks of near spellings, by which slips are found; kept with the study.
    names
        Names found, by which other files of the study are searched. In memory only.
    safe
        False when the file cannot be saved: the columns could not be replaced, or it cannot be
        read at all (``error``).
    error
        Why it cannot be read, else None.
    """

    content: bytes
    columns: Mapping[str, str]
    name: str = ""
    all_columns: tuple[str, ...] = ()
    texts: tuple[Replaced, ...] = ()
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    safe: bool = True
    error: IntakeError | None = None


def redact_file(
    content: bytes,
    name: str,
    key: bytes,
    *,
    choice: Choice | None = None,
    names: frozenset[str] = frozenset(),
    encoding: str | None = None,
    progress: Progress | None = None,
) -> Redaction:
    """Replace personal data in every cell and name of a file.

    Parameters
    ----------
    content, name
        The file as it arrived.
    key
        Secret of the study.
    choice
        What the person decided; everything found is replaced when None.
    names
        Names known from other files of the study.
    encoding
        A person's choice for a text file.
    progress
        As of :func:`analysis.intake.sandbox.workbook.open_workbook`; the step after
        ``"reading"`` is ``"personal"``.
    """
    tell = progress or (lambda _step, _share: None)
    choice = choice or Choice()
    coder = _Coder(key, names, choice)
    shown = name if choice.keep_all else _file_name(coder, name)
    try:
        workbook = open_workbook(content, name, encoding=encoding, progress=progress)
    except IntakeError as error:
        # Nobody can say what an unreadable file holds, so nothing of it is saved.
        return Redaction(content=b"", columns={}, name=shown, safe=False, error=error)
    tell("personal", 0.0)
    tables = read_all(workbook)
    main = next(iter(tables), "") if len(tables) < 2 else _main_sheet(workbook, tables)
    labels = {
        (sheet, column.name): column.name if sheet == main else f"{sheet} › {column.name}"
        for sheet, table in tables.items()
        for column in table.columns
    }
    # The variables of a questionnaire are called "name" too.
    form = any(table.format in DICTIONARY_FORMATS for table in tables.values())
    found = {
        sheet: _chosen(table, {} if form else find_columns(table), labels, choice)
        for sheet, table in tables.items()
    }
    tell("personal", 0.3)
    coder.names |= {n for sheet, t in tables.items() for n in _list_names(t, found[sheet])}
    shown = name if choice.keep_all else _file_name(coder, name)
    kept = {
        sheet: {c.position for c in t.columns if labels[sheet, c.name] in choice.keep_columns}
        for sheet, t in tables.items()
    }
    coded = (
        workbook if choice.keep_all else _code_workbook(workbook, tables, found, kept, coder, tell)
    )
    spelled = {place: coder.quiet(label) for place, label in labels.items()}
    columns = {
        spelled[sheet, column]: kind
        for sheet, told in found.items()
        for column, kind in told.items()
    }
    told = Redaction(
        content=content,
        columns={} if choice.keep_all else columns,
        name=shown,
        all_columns=tuple(spelled.values()),
        texts=tuple(coder.texts),
        codes=coder.codes,
        marks=coder.marks,
        names=frozenset(coder.names),
    )
    if choice.keep_all:
        return told
    if coded.sheets == workbook.sheets and not has_hidden_text(content, workbook, coder.finds):
        return replace(told, content=without_properties(content))
    changed = _rewritten(coded)
    if changed is None or not _reads_alike(changed, name, coded, tables, encoding):
        return replace(told, content=b"", safe=False)
    return replace(told, content=changed)


def without_personal(text: str) -> str:
    """A title made of a file's name, without the people in it."""
    coder = _Coder(b"", frozenset(), Choice())
    shown = _file_name(coder, text)
    for code in coder.codes:
        shown = shown.replace(code, "")
    return shown


def read_all(workbook: Workbook) -> dict[str, Table]:
    """Read every sheet that can be read as a table, hidden ones too, by sheet name."""
    tables: dict[str, Table] = {}
    for sheet in workbook.sheets:
        if sheet.name in DICTIONARY_SHEETS or not any(any(row) for row in sheet.rows):
            continue
        try:
            tables[sheet.name] = read_table(workbook, sheet.name or None)
        except IntakeError:
            continue  # no table: its cells are searched one by one
        except (IndexError, KeyError, ValueError) as error:
            # Never a reason to save a file unsearched: the cells are searched one by one.
            log_failure(f"sheet {len(tables)} not read", error)
    return tables


def find_columns(table: Table) -> dict[str, str]:
    """Columns that hold personal data and their kind; places many share tell nobody apart."""
    least = len(table.row_numbers) / 2
    found: dict[str, str] = {}
    for column in table.columns:
        values = column_texts(table, column.name).dropna()
        distinct = list(dict.fromkeys(values))
        if not distinct:
            continue
        label = "" if column.option else column.label
        kind = find_personal(label, distinct, "" if column.option else column.name)
        if kind == "name" and column.name.rpartition("/")[2].startswith("_"):
            kind = "name" if are_names(distinct) else None  # a column of the tool, not a question
        if kind is None and table.declared.get(column.name) == "personal":
            kind = "name"
        if kind and (kind != "address" or len(distinct) > least):
            found[column.name] = kind
    return found


class _Coder:
    """Replaces texts by codes, and remembers what it replaced for the key file."""

    def __init__(self, key: bytes, names: frozenset[str], choice: Choice) -> None:
        self.key, self.names, self.choice = key, set(names), choice
        self.codes: dict[str, tuple[str, str]] = {}
        self.marks: dict[str, tuple[str, ...]] = {}
        self.texts: list[Replaced] = []
        self._known: dict[str, tuple[Span, ...]] = {}

    def finds(self, text: str) -> tuple[Span, ...]:
        """Personal data in a text, less what the person said names nobody."""
        if text not in self._known:
            if len(self._known) > 200_000:
                self._known.clear()
            found = () if _is_plain(text) else find_spans(text, self.names)
            found = tuple(
                s for s in found if text[s.start : s.end].strip() not in self.choice.keep_texts
            )
            for asked in self.choice.code_texts:
                at = text.find(asked)
                while asked and at >= 0:
                    end = at + len(asked)
                    found = (
                        *(s for s in found if s.end <= at or s.start >= end),
                        Span(at, end, "name"),
                    )
                    at = text.find(asked, end)
            self._known[text] = tuple(sorted(found))
        return self._known[text]

    def quiet(self, text: str) -> str:
        """A text with codes, without a record of the place."""
        return self._replaced(
            text, self.finds(text), "{}" if _whole(text, self.finds(text)) else "[{}]"
        )

    def cell(self, text: str, place: str, form: str = "[{}]") -> str:
        """A text whose personal parts are replaced; alone, a code stands without brackets."""
        found = self.finds(text)
        if not found:
            return text
        self.texts += (
            Replaced(place=place, kind=s.kind, original=text[s.start : s.end]) for s in found
        )
        return self._replaced(text, found, "{}" if _whole(text, found) else form)

    def value(self, text: str, kind: str) -> str:
        """A cell of a personal column: each person or number in it becomes a code."""
        if text.strip().casefold() in _NOBODY or _CODE.fullmatch(text.strip()):
            return text  # nobody, or coded when the file came before
        parts = split_names(text) if kind == "name" else _split_numbers(text, kind)
        codes = [(self._code(part, of), part, of) for part, of in parts]
        for code, part, of in codes:
            if of in MARKED_KINDS and len(self.marks) < MAX_MARKED and code not in self.marks:
                self.marks[code] = mark_spellings(part, self.key, of)
        return " ".join(code for code, _, _ in codes)

    def _replaced(self, text: str, found: tuple[Span, ...], form: str) -> str:
        for span in reversed(found):
            code = form.format(self._code(text[span.start : span.end], span.kind))
            text = f"{text[: span.start]}{code}{text[span.end :]}"
        return text.strip() if form == "{}" else text

    def _code(self, text: str, kind: str) -> str:
        code = pseudonym(text, self.key, kind)
        self.codes.setdefault(code, (kind, text.strip()))
        return code


def _whole(text: str, found: tuple[Span, ...]) -> bool:
    return len(found) == 1 and found[0].end - found[0].start == len(text.strip())


def _is_plain(text: str) -> bool:
    """A number or word too short to hold personal data: most cells, so most of the time."""
    return len(text) < 2 or (len(text) < 6 and text.isascii() and not text.isalpha())


def _split_numbers(text: str, kind: str) -> list[tuple[str, str]]:
    """The numbers of a cell that holds several; else the cell."""
    found = [s for s in find_spans(text) if s.kind != "name"]
    if len(found) > 1:
        return [(text[s.start : s.end], s.kind) for s in found]
    return [(text, kind)]


def _chosen(
    table: Table, found: dict[str, str], labels: Mapping[tuple[str, str], str], choice: Choice
) -> dict[str, str]:
    """Personal columns of one sheet, corrected by the person."""
    for column in table.columns:
        label = labels[table.sheet, column.name]
        if label in choice.keep_columns:
            found.pop(column.name, None)
        elif label in choice.code_columns:
            found[column.name] = choice.code_columns[label]
    return found


def _main_sheet(workbook: Workbook, tables: Mapping[str, Table]) -> str:
    try:
        return read_table(workbook).sheet
    except IntakeError:
        return next(iter(tables))


def _list_names(table: Table, found: Mapping[str, str]) -> Iterator[str]:
    for column, kind in found.items():
        if kind == "name":
            for value in table.cells[column].dropna().unique():
                for part, of in split_names(str(value)):
                    name = clean_name(part) if of == "name" else None
                    if name:
                        yield name


def _code_workbook(
    workbook: Workbook,
    tables: Mapping[str, Table],
    found: Mapping[str, Mapping[str, str]],
    kept: Mapping[str, set[int]],
    coder: _Coder,
    tell: Progress,
) -> Workbook:
    sheets: list[Sheet] = []
    for at, sheet in enumerate(workbook.sheets):
        tell("personal", 0.3 + 0.5 * at / len(workbook.sheets))
        place = sheet.name or workbook.name
        rows = tuple(
            _code_rows(
                sheet,
                tables.get(sheet.name),
                found.get(sheet.name, {}),
                kept.get(sheet.name, set()),
                coder,
                place,
                tell,
            )
        )
        name = _SHEET_SIGNS.sub("", coder.cell(sheet.name, "sheet", "{}"))
        if name != sheet.name:
            name = _unique(name[:_LONGEST_SHEET_NAME], [one.name for one in sheets])
        sheets.append(replace(sheet, name=name, rows=rows))
    renamed = {old.name: new.name for old, new in zip(workbook.sheets, sheets, strict=True)}
    issues = tuple(replace(i, sheet=renamed.get(i.sheet, i.sheet)) for i in workbook.issues)
    return replace(workbook, sheets=tuple(sheets), issues=issues)


def _unique(name: str, taken: list[str]) -> str:
    return name if name not in taken else f"{name[: _LONGEST_SHEET_NAME - 3]} {len(taken) + 1}"


def _code_rows(
    sheet: Sheet,
    table: Table | None,
    found: Mapping[str, str],
    kept: set[int],
    coder: _Coder,
    place: str,
    tell: Progress,
) -> Iterator[tuple[str | None, ...]]:
    kinds = {c.position: found[c.name] for c in table.columns if c.name in found} if table else {}
    head = max(table.header_rows, default=0) if table else 0
    data = set(table.row_numbers) if table else set()
    people = _name_headers(sheet, table)
    things = {c.position for c in table.columns if names_a_thing(c.label)} if table else set()
    for number, row in enumerate(sheet.rows, start=1):
        if number % _TOLD_ROWS == 0:
            tell("personal", 0.3 + 0.5 * number / len(sheet.rows))
        coded: list[str | None] = []
        for at, text in enumerate(row):
            if not text or (number > head and at in kept):
                coded.append(text)
            elif number > head and at in kinds and _is_value(text, number in data, kinds[at]):
                coded.append(coder.value(text, kinds[at]))
            elif number == head and at in people:
                coded.append(coder.value(text, "name"))
            elif at in things and number > head and is_certain_name(text):
                coded.append(text)  # 苏里南 below 国家 has the form of a name and is none
            else:
                coded.append(coder.cell(text, place))
        # A row in which nothing was replaced is the same row: a large file stands once in memory.
        yield row if all(map(operator.is_, coded, row)) else tuple(coded)


def _is_value(text: str, in_table: bool, kind: str) -> bool:
    """Whether a cell below the header of a personal column is one of its values: a total is not."""
    if text.strip().casefold() in TOTALS:
        return False
    return in_table or (len(text) <= 40 and (kind != "name" or is_han_name(text)))


def _name_headers(sheet: Sheet, table: Table | None) -> frozenset[int]:
    """Columns whose headers are people: a sheet of ticks with a column for each person."""
    if table is None or not table.header_rows:
        return frozenset()
    row = sheet.rows[max(table.header_rows) - 1]
    headers = {at: text.strip() for at, text in enumerate(row) if text and text.strip()}
    for first in (1, 2, 3):
        later = dict(list(headers.items())[first:])
        if len(later) >= 3 and are_names(list(later.values())):
            return frozenset(later)
    return frozenset(at for at, text in headers.items() if is_certain_name(text))


def _file_name(coder: _Coder, name: str) -> str:
    """A file's name without people's names and numbers."""
    stem, dot, ending = name.rpartition(".")
    stem, dot, ending = (stem, dot, ending) if dot and len(ending) <= 5 else (name, "", "")
    plain = _FILE_SIGNS.sub(" ", stem)
    found = list(coder.finds(plain))
    for m in re.finditer(r"\S+", plain):
        for length in (4, 3, 2):
            part = m[0][:length]
            follows = _FILE_WORDS.match(m[0], length)
            alone = len(m[0]) == length
            listed = alone and is_han_name(part) and _FILE_WORDS.search(plain) is not None
            if len(part) == length and (listed or ((follows or alone) and is_certain_name(part))):
                found.append(Span(m.start(), m.start() + length, "name"))
                break
    taken = -1
    pieces: list[str] = []
    at = 0
    for span in sorted(found):
        if span.start <= taken:
            continue
        pieces += [stem[at : span.start], coder._code(stem[span.start : span.end], span.kind)]
        at = taken = span.end
        coder.texts.append(
            Replaced(place="file", kind=span.kind, original=stem[span.start : span.end])
        )
    return f"{''.join(pieces)}{stem[at:]}{dot}{ending}"


def _rewritten(workbook: Workbook) -> bytes | None:
    size = sum(len(sheet.rows) * len(sheet.rows[0]) for sheet in workbook.sheets if sheet.rows)
    return None if size > LARGEST else write_sheets(workbook, workbook.sheets)


def _reads_alike(
    content: bytes,
    name: str,
    coded: Workbook,
    before: Mapping[str, Table],
    encoding: str | None,
) -> bool:
    """Tell whether the rewritten file gives the coded tables and the same things noticed."""
    try:
        after = open_workbook(content, name, encoding=encoding)
    except IntakeError:
        return False
    noticed = {(one.code, one.sheet, one.rows) for one in coded.issues if one.code not in _UNSEEN}
    again = {(one.code, one.sheet, one.rows) for one in after.issues}
    wanted, read = read_all(coded), read_all(after)
    formats = [(one.format, one.row_numbers) for one in before.values()]
    return (
        noticed <= again
        and list(read) == list(wanted)
        and formats == [(one.format, one.row_numbers) for one in read.values()]
        and all(_alike(table, read[at]) for at, table in wanted.items())
    )


def _alike(wanted: Table, read: Table) -> bool:
    same = [c.name for c in wanted.columns] == [c.name for c in read.columns]
    return same and bool(wanted.cells.fillna("").equals(read.cells.fillna("")))
