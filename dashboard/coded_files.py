"""Files read by the command line, with codes in place of people, as the wizard saves them.

The files on disk stay as they are: what is read from them, and so what is proposed, evaluated and
written, holds codes. The key lies where the wizard's keys lie, under a name made of the study
file's place, so that a later wave in the same folder gets the same codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import LeveeError
from analysis.study import Study
from dashboard.sentences.names import kind_name
from dashboard.text import Text
from dashboard.workspace.keys import place_key, store_key
from dashboard.workspace.redaction import Choice, Redaction, redact_file


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedFiles:
    """Contents by path as they may be read, and what was replaced in each."""

    contents: Mapping[str, bytes]
    coded: Mapping[str, Redaction]

    def rename(self, study: Study) -> Study:
        """Give a study whose files are told by names without people."""
        names = {
            path: f"{path[: -len(Path(path).name)]}{one.name}" for path, one in self.coded.items()
        }
        survey = study.survey
        if survey is not None:
            told = {"file": survey.keys["file"].replace(names)} if "file" in survey.keys else {}
            if survey.anonymous:  # a row stands for a person: "file#row"
                row = survey.keys["respondent"].str.rpartition("#")
                told["respondent"] = row[0].replace(names) + row[1] + row[2]
            survey = replace(survey, keys=survey.keys.assign(**told))
        return replace(
            study,
            survey=survey,
            files=tuple(replace(f, path=names.get(f.path, f.path)) for f in study.files),
            issues=tuple(replace(i, file=names.get(i.file, i.file)) for i in study.issues),
            exclusions=tuple(replace(e, file=names.get(e.file, e.file)) for e in study.exclusions),
        )

    def describe(self, text: Text) -> list[str]:
        """Say for each file what stands as a code."""
        return [_say(text, one) for one in self.coded.values() if one.codes]


def code_files(
    files: Mapping[str, bytes],
    place: Path,
    *,
    keep_originals: bool = False,
    encodings: Mapping[str, str] | None = None,
) -> CodedFiles:
    """Replace personal data in the contents of files.

    Parameters
    ----------
    files
        Path → content.
    place
        The study file, by whose place the key is kept.
    keep_originals
        The person knowingly keeps every original.
    encodings
        Path → encoding a person chose.

    Raises
    ------
    LeveeError
        ``not_coded`` when a file holds personal data that cannot be replaced.
    """
    name, key, known = place_key(place)
    choice, chosen = Choice(keep_all=keep_originals), encodings or {}

    def code(path: str, names: frozenset[str] = frozenset()) -> Redaction:
        return redact_file(
            files[path], Path(path).name, key, choice=choice, names=names, encoding=chosen.get(path)
        )

    if keep_originals:
        return CodedFiles(contents=files, coded={})
    coded = {path: code(path) for path in files}
    everybody = frozenset[str]().union(*(one.names for one in coded.values()))
    for path, one in coded.items():
        if one.safe and everybody - one.names:  # names that only another file of the study tells
            coded[path] = code(path, everybody)
    for path, one in coded.items():
        if not one.safe and one.error is None:
            raise LeveeError("not_coded", file=path, columns=", ".join(one.columns) or "–")
    if not known and any(one.codes for one in coded.values()):
        store_key(name, key)
    # What cannot be read stays, so that reading it says why.
    contents = {path: one.content if one.safe else files[path] for path, one in coded.items()}
    return CodedFiles(contents=contents, coded=coded)


def _say(text: Text, one: Redaction) -> str:
    columns = ", ".join(f"{name} ({kind_name(text, kind)})" for name, kind in one.columns.items())
    return text(
        "{file}: people stand as codes. Columns: {columns}; other texts: {n}. "
        "To keep the originals: --keep-originals.",
        file=one.name,
        columns=columns or "–",
        n=text.number(len(one.texts), 0),
    )
