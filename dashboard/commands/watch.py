"""``levee watch FOLDER``: evaluate again whenever an export lands, and say what changed."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import IntakeError, LeveeError, StudyFileError, UnreadableFileError
from analysis.plan import StudyPlan, read_plan, write_plan
from dashboard.sentences import say_error
from dashboard.sentences.changes import Snapshot, say_changes, take_snapshot
from dashboard.text import LANGUAGES, Text
from dashboard.workspace.folder import FileStamp, Settling, list_folder, read_folder_file

STUDY, RESULTS = "study.toml", "levee-results"
SECONDS = 2.0
"""Between two looks at the folder."""


def add_watch(commands: Any, words: Callable[[argparse.Namespace], Text]) -> None:  # noqa: ANN401
    """Add the command to the parser."""
    command = commands.add_parser(
        "watch",
        help="evaluate a folder again whenever a file in it is new or changed",
        description=(
            "Evaluates FOLDER/study.toml (or the files, without one) again whenever an export "
            "lands, says what changed, and writes results.json and the study file used. "
            "Stop with Ctrl-C."
        ),
    )
    command.add_argument("folder", type=Path, metavar="FOLDER")
    command.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help=f"default: FOLDER/{RESULTS}"
    )
    command.add_argument("--interval", type=float, default=SECONDS, metavar="SECONDS")
    command.add_argument("--once", action="store_true", help="evaluate what is there, then stop")
    command.add_argument("--language", choices=tuple(LANGUAGES))
    command.set_defaults(run=lambda arguments: _run(words(arguments), arguments))


def _run(text: Text, arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    # A missing folder is an error at once, not a wait for it; so is nothing to do.
    if not list_folder(folder) and arguments.once:
        raise UnreadableFileError("folder_empty", file=str(folder))
    watcher = Watcher(text, folder, arguments.output or folder / RESULTS)
    _say(text("Watching {folder}. Stop with Ctrl-C.", folder=str(folder)))
    try:
        while not (watcher.step(time.monotonic()) and arguments.once):
            time.sleep(max(0.05, arguments.interval))
    except KeyboardInterrupt:
        _say(text("Stopped watching."))
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


@dataclass
class Watcher:
    """One watched folder: what it held at the last evaluation, and what that said."""

    text: Text
    folder: Path
    output: Path
    say: Callable[[str], None] = _say
    settling: Settling = field(default_factory=Settling)
    done: Mapping[str, FileStamp] = field(default_factory=dict)
    last: Snapshot | None = None

    def step(self, now: float) -> bool:
        """Look once; True when the folder was evaluated (or could not be)."""
        try:
            there = list_folder(self.folder, (STUDY,))
        except LeveeError as error:
            # A network drive comes back: what was known stays.
            if self.done:
                self.say(say_error(self.text, error))
                self.done = {}
            return False
        complete = self.settling.look(there, now)
        if complete == self.done or len(complete) < sum(s.size > 0 for s in there.values()):
            return False  # nothing new, or a file is still being written
        new = [name for name, stamp in complete.items() if self.done.get(name) != stamp]
        gone = [name for name in self.done if name not in complete]
        self.done = complete
        self._announce(new, gone)
        if complete:
            self._evaluate(list(complete))
        return True

    def _announce(self, new: list[str], gone: list[str]) -> None:
        clock = time.strftime("%H:%M:%S")
        if new:
            told = self.text("{time} New or changed: {files}", time=clock, files=", ".join(new))
            self.say(told)
        if gone:
            self.say(self.text("{time} Gone: {files}", time=clock, files=", ".join(gone)))

    def _evaluate(self, names: list[str]) -> None:
        """Evaluate and report; whatever a file does, the watch goes on."""
        try:
            after = self._evaluated([name for name in names if name != STUDY], STUDY in names)
        except LeveeError as error:
            self.say(f"! {say_error(self.text, error)}")
        except Exception as error:
            logging.getLogger("levee").exception("evaluation of a watched folder failed")
            name = type(error).__name__
            told = self.text("This could not be evaluated ({name}). The watch goes on.", name=name)
            self.say(f"! {told}")
        else:
            if after is None:
                return
            for line in say_changes(self.text, self.last, after):
                self.say(f"  {line}")
            self.last = after

    def _evaluated(self, names: list[str], planned: bool) -> Snapshot | None:
        from analysis.intake.propose.proposal import read_sheets
        from analysis.intake.read.reader import read_study
        from analysis.sections import evaluate
        from dashboard.coded_files import code_files
        from dashboard.exports.results_file import write_results

        files: dict[str, bytes] = {}
        for name in names:
            try:
                files[name] = read_folder_file(self.folder, name)
            except IntakeError as error:
                self.say(f"! {say_error(self.text, error)}")
        if not files:
            return None
        coded = code_files(files, self.folder / STUDY)
        files = dict(coded.contents)
        plan = read_plan(self.folder / STUDY) if planned else None
        sheets = read_sheets(files)
        bad = {key: one for key, one in sheets.items() if isinstance(one, IntakeError)}
        named = _named(plan)
        for key, fault in bad.items():
            if key in named:
                raise fault  # results without a file of the study would be of another study
            self.say(f"! {say_error(self.text, fault)}")
        plan = self._plan(plan, {k: one for k, one in sheets.items() if k not in bad}, files)
        if plan is None:
            return None
        study = coded.rename(read_study(plan, files))
        evaluation = evaluate(study)
        self.output.mkdir(parents=True, exist_ok=True)
        _replace(self.output / "results.json", write_results(evaluation))
        _replace(self.output / STUDY, write_plan(plan).encode())
        return take_snapshot(self.text, study, evaluation)

    def _plan(
        self, plan: StudyPlan | None, tables: Mapping[str, Any], files: Mapping[str, bytes]
    ) -> StudyPlan | None:
        """The study file's plan with new files in their places, else a proposed one."""
        from analysis.intake.propose.next_wave import reuse_plan
        from dashboard.study_proposal import propose_from_files
        from dashboard.widgets.unused_reasons import say_unused
        from dashboard.workspace.plan_edit import Place

        if plan is not None:
            lacking = sorted(_named(plan) - set(files))
            if lacking:
                raise StudyFileError("missing_file", file=", ".join(lacking))
            used = reuse_plan(plan, tables)
        else:
            readable = [self.folder / name for name in files if name in tables]
            proposal = propose_from_files(self.text, readable, self.folder)
            for question in proposal.questions:
                self.say(f"? {question}")
            if proposal.questions:
                self.say(
                    self.text(
                        "Write {file} with levee propose, answer there, and the watch goes on.",
                        file=str(self.folder / STUDY),
                    )
                )
                return None
            used = proposal.plan
        places = {
            Place(file=table.file, sheet=table.sheet, main=key == table.file): table
            for key, table in tables.items()
        }
        for at in places:
            if at.main and at.file in files and at.file not in _named(used):
                reason = say_unused(self.text, used, places, at)
                said = self.text("Not used: {file}. {reason}", file=at.file, reason=reason)
                self.say(said)
        return used


def _named(plan: StudyPlan | None) -> set[str]:
    """Files that a plan names."""
    if plan is None:
        return set()
    sections = (getattr(value, "path", None) for _, value in plan)
    survey = plan.survey
    listed = [one.path for one in survey.files] if survey is not None else []
    told = survey.dictionary if survey is not None else None
    return {name for name in (*sections, *listed, told) if name}


def _replace(path: Path, content: bytes) -> None:
    """Write beside, then put in place: who reads meanwhile sees the old file or the new."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
