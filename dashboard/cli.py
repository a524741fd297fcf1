"""The ``levee`` command: opens the dashboard, explains files, evaluates a study."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import LeveeError, StudyFileError, UnreadableFileError
from analysis.results import AUDIENCES, Audience
from dashboard.commands.bar import show_bar
from dashboard.commands.pull import add_pull
from dashboard.commands.watch import add_watch
from dashboard.sentences import say_error, say_finding, say_issue
from dashboard.sentences.cautions import say_cautions
from dashboard.text import LANGUAGES, Text

if TYPE_CHECKING:
    from analysis.evaluation import Evaluation
    from analysis.intake.propose.inspection import Inspection
    from analysis.study import Study
    from dashboard.coded_files import CodedFiles
    from dashboard.workspace.releases import Relative

FORMATS = ("json", "xlsx", "docx", "pptx", "pdf", "html", "sav")
_WRITERS = {
    "xlsx": ("dashboard.exports.workbook", "write_workbook"),
    "docx": ("dashboard.exports.document", "write_document"),
    "pptx": ("dashboard.exports.slides", "write_slides"),
    "pdf": ("dashboard.exports.brief", "write_brief"),
    "html": ("dashboard.exports.web_page", "write_web_page"),
    "sav": ("dashboard.exports.statistics_file", "write_statistics_file"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv
        Arguments without the program's name; those of the process when None.

    Returns
    -------
    int
        0 on success, 2 on bad input (one message on standard error).
    """
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except LeveeError as error:
        return _fail(say_error(_words(arguments), error))
    except OSError as error:
        return _fail(f"{error.filename or ''}: {error.strerror or error}".strip(": "))


def _fail(message: str) -> int:
    print(f"levee: {message}", file=sys.stderr)
    return 2


def _words(arguments: argparse.Namespace) -> Text:
    """Language of messages: ``--language``, else the system's."""
    asked = getattr(arguments, "language", None)
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return Text(asked or ("zh-Hans" if system.lower().startswith("zh") else "en"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="levee", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('levee')}")
    parser.set_defaults(run=_serve, port=8501, workspace=None, no_browser=False, demo=False)
    parser.set_defaults(host="127.0.0.1", name=[], proxy="", role="evaluator", role_header=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, about in (
        ("serve", "open the dashboard"),
        ("demo", "open the dashboard on the sample community"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("--port", type=int, default=8501, help="port (default 8501)")
        command.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)"
        )
        command.add_argument(
            "--name",
            action="append",
            default=[],
            metavar="NAME",
            help="name by which people reach it, as that of a proxy; may be repeated",
        )
        command.add_argument(
            "--proxy",
            default="",
            metavar="ADDRESS",
            help="address of the proxy before it, which says in X-Forwarded-For who asks",
        )
        command.add_argument(
            "--role", choices=AUDIENCES, default="evaluator", help="what everybody may see and do"
        )
        command.add_argument(
            "--role-header",
            default=None,
            metavar="NAME",
            help="header in which the proxy tells each person's role; without one nothing is shown",
        )
        command.add_argument("--workspace", metavar="URL", help="where studies are kept")
        command.add_argument("--no-browser", action="store_true", help="do not open a browser")
        command.set_defaults(run=_serve, demo=name == "demo")
    _add_inspect(commands)
    _add_evaluate(commands)
    _add_propose(commands)
    _add_template(commands)
    add_watch(commands, _words)
    add_pull(commands, _words)
    return parser


def _add_inspect(commands: Any) -> None:  # noqa: ANN401
    command = commands.add_parser("inspect", help="tell what each file is")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.add_argument("--language", choices=tuple(LANGUAGES))
    command.set_defaults(run=_inspect)


def _add_evaluate(commands: Any) -> None:  # noqa: ANN401
    command = commands.add_parser(
        "evaluate",
        help="evaluate a study, or files without a study file, and write its reports",
        description="Evaluate STUDY.toml; or FILE…: a study file is proposed, written and used.",
    )
    command.add_argument("study", type=Path, nargs="+", metavar="STUDY.toml|FILE")
    command.add_argument("-o", "--output", type=Path, metavar="DIR", help="default: beside it")
    command.add_argument(
        "--format", type=_formats, default=("json",), help=f"comma-separated: {','.join(FORMATS)}"
    )
    command.add_argument(
        "--audience",
        choices=AUDIENCES,
        help="who will read it (default: results.json for the evaluator, documents for funders)",
    )
    command.add_argument("--language", choices=tuple(LANGUAGES), help="default: the study's")
    command.add_argument(
        "--engine",
        metavar="duckdb|sc://HOST:PORT",
        help="STUDY.toml is a folder of communities that share one: count them all on an engine",
    )
    _add_originals(command)
    command.set_defaults(run=_evaluate)


def _add_propose(commands: Any) -> None:  # noqa: ANN401
    command = commands.add_parser("propose", help="propose a study file for files")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("-o", "--output", type=Path, metavar="study.toml", help="default: print")
    command.add_argument("--language", choices=tuple(LANGUAGES), help="of the comments")
    _add_originals(command)
    command.set_defaults(run=_propose)


def _add_originals(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--keep-originals",
        action="store_true",
        help="do not replace names, phone numbers and other personal data by codes",
    )


def _add_template(commands: Any) -> None:  # noqa: ANN401
    command = commands.add_parser("template", help="write a blank workbook to fill in")
    command.add_argument("file", type=Path, metavar="FILE.xlsx")
    command.add_argument("--language", choices=tuple(LANGUAGES), default="en")
    command.set_defaults(run=_template)


def _formats(told: str) -> tuple[str, ...]:
    asked = tuple(part.strip() for part in told.split(",") if part.strip())
    unknown = [part for part in asked if part not in FORMATS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown format {unknown[0]!r}; there are {', '.join(FORMATS)}"
        )
    return asked


def _serve(arguments: argparse.Namespace) -> None:
    from dashboard.server import serve

    if arguments.workspace:
        os.environ["LEVEE_WORKSPACE"] = arguments.workspace
    os.environ["LEVEE_OPEN"] = "sample" if arguments.demo else ""
    if arguments.host in ("0.0.0.0", "::") and not arguments.name:
        raise LeveeError("name_needed", host=arguments.host)
    if arguments.role_header is not None and not (arguments.role_header and arguments.proxy):
        raise LeveeError("proxy_needed")
    port = _free_port(arguments.port)
    address = f"http://127.0.0.1:{port}" + ("/overview" if arguments.demo else "")
    print(f"Levee: {address}", flush=True)
    if not arguments.no_browser:
        threading.Timer(1.5, webbrowser.open, (address,)).start()
    serve(
        port,
        arguments.host,
        arguments.name,
        arguments.proxy,
        role=arguments.role,
        role_header=arguments.role_header or "",
    )


def _free_port(wanted: int) -> int:
    """The wanted port, or the next free one of ten; 0 asks the system."""
    for port in [wanted] if wanted == 0 else range(wanted, wanted + 10):
        with socket.socket() as probe:
            # A server just stopped leaves its port waiting; a link to it must work again at once.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(98, "no free port", str(wanted))


def _inspect(arguments: argparse.Namespace) -> int:
    from analysis.intake.propose.inspection import Inspection, inspect_files

    text, files, found = _words(arguments), {}, {}
    for path in arguments.files:
        try:
            files[str(path)] = path.read_bytes()
        except OSError:
            missing = UnreadableFileError("file_missing", file=str(path))
            found[str(path)] = Inspection(file=str(path), error=missing)
    found |= {one.file: one for one in inspect_files(files)} if files else {}
    told = [found[str(path)] for path in arguments.files]
    if arguments.json:
        records = [record_inspection(text, one) for one in told]
        print(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(describe_inspection(text, one)) for one in told))
    return 2 if all(one.error for one in told) else 0


def record_inspection(text: Text, found: Inspection) -> dict[str, Any]:
    """One file as the record that ``levee inspect --json`` prints."""
    names = ("file", "format", "confidence", "encoding", "sheet", "n_rows")
    columns = ("name", "role", "type", "n_missing", "n_unique", "confidence")
    return {
        **{name: getattr(found, name) for name in names},
        "header_rows": list(found.header_rows),
        "columns": [{name: getattr(one, name) for name in columns} for one in found.columns],
        "issues": _error_records(text, found) if found.error else _issue_records(text, found),
    }


def _error_records(text: Text, found: Inspection) -> list[dict[str, Any]]:
    error = found.error
    if error is None:
        return []
    place = {"sheet": error.details.get("sheet", ""), "column": "", "rows": []}
    told = {"code": error.code, "severity": "error", **place}
    return [{**told, "message": say_error(text, error)}]


def _issue_records(text: Text, found: Inspection) -> list[dict[str, Any]]:
    names = ("code", "severity", "sheet", "column")
    return [
        {
            **{name: getattr(issue, name) for name in names},
            "rows": list(issue.rows),
            "message": say_issue(text, issue),
        }
        for issue in found.issues
    ]


def describe_inspection(text: Text, found: Inspection) -> list[str]:
    """One file in a few lines: what it is, its columns, what was noticed."""
    if found.error:
        return [f"{found.file}", f"  ! {say_error(text, found.error)}"]
    size = text("{rows} rows, {columns} columns", rows=found.n_rows, columns=len(found.columns))
    lines = [found.file, f"  {found.format} ({text.percent(found.confidence)}), {size}"]
    for column in found.columns:
        lines.append(f"  {column.role:<12} {column.type:<9} {column.name}")
    return lines + [f"  ! {say_issue(text, issue)}" for issue in found.issues]


def _template(arguments: argparse.Namespace) -> None:
    from analysis.intake.template import write_template

    arguments.file.write_bytes(write_template(arguments.language))


def _propose(arguments: argparse.Namespace) -> None:
    from dashboard.study_proposal import propose_from_files, write_proposal

    text, output = _words(arguments), arguments.output
    proposal = propose_from_files(
        text,
        arguments.files,
        output.parent if output else None,
        keep_originals=arguments.keep_originals,
    )
    _tell_coded(text, proposal.files)
    written = write_proposal(text, proposal)
    if output is None:
        print(written, end="")
    else:
        _write_new(output, written)
        print(output)
    for question in proposal.questions:
        print(f"? {question}", file=sys.stderr)


def _write_new(path: Path, content: str) -> None:
    """Write a study file; one that is there holds a person's decisions and stays."""
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(content)
    except FileExistsError:
        raise StudyFileError("study_file_exists", file=str(path)) from None


def _evaluate(arguments: argparse.Namespace) -> int:
    from analysis.sections import evaluate
    from dashboard.study_proposal import find_total_losses

    given: list[Path] = arguments.study
    if arguments.engine:
        from dashboard.commands.communities import evaluate_folder

        if arguments.format != ("json",) or arguments.audience not in (None, "evaluator"):
            raise LeveeError("engine_json_only")
        with show_bar() as tell:
            return evaluate_folder(
                _words(arguments), given, arguments.engine, arguments.output, tell
            )
    with show_bar() as tell:
        tell("reading", 0.0)
        if len(given) == 1 and given[0].suffix.lower() == ".toml":
            arguments.study = given[0]
            study = _read_coded(arguments)
            if lost := find_total_losses(_words(arguments), study):
                return _fail_with_questions(arguments, lost)
        else:
            proposed, questions = _propose_study(arguments, given)
            if proposed is None:
                return _fail_with_questions(arguments, questions)
            study = proposed
        evaluation = evaluate(study, progress=tell)
        written = _write_reports(arguments, evaluation, study)
    text = Text(arguments.language or study.plan.study.language)
    for finding in evaluation.findings:
        print(say_finding(text, finding))
    for caution in say_cautions(text, evaluation, evaluation.cautions):
        print(f"! {caution}")
    for issue in study.issues:
        print(f"! {say_issue(text, issue)}")
    for path in written:
        print(path)
    return 0


def _read_coded(arguments: argparse.Namespace) -> Study:
    """Read a study file's files, with codes in place of people unless originals are asked for."""
    from analysis.intake.read.reader import read_contents, read_study
    from dashboard.coded_files import code_files

    plan, files = read_contents(arguments.study)
    chosen = plan.survey.files if plan.survey is not None else ()
    coded = code_files(
        files,
        arguments.study.parent / "study.toml",
        keep_originals=arguments.keep_originals or plan.study.simulated,
        encodings={one.path: one.encoding for one in chosen if one.encoding},
    )
    _tell_coded(_words(arguments), coded)
    return coded.rename(read_study(plan, coded.contents))


def _tell_coded(text: Text, coded: CodedFiles) -> None:
    for line in coded.describe(text):
        print(line, file=sys.stderr)


def _propose_study(
    arguments: argparse.Namespace, paths: Sequence[Path]
) -> tuple[Study | None, Sequence[str]]:
    """Propose and write a study file beside its files; the study, or what has to be answered."""
    from analysis.intake.read.reader import read_study
    from dashboard.study_proposal import find_losses, propose_from_files, write_proposal

    text = _words(arguments)
    proposal = propose_from_files(text, paths, None, keep_originals=arguments.keep_originals)
    _tell_coded(text, proposal.files)
    arguments.study = proposal.folder / "study.toml"
    _write_new(arguments.study, write_proposal(text, proposal))
    if proposal.questions:
        return None, proposal.questions
    study = proposal.files.rename(read_study(proposal.plan, proposal.files.contents))
    losses = find_losses(text, study)
    return (None, losses) if losses else (study, ())


def _fail_with_questions(arguments: argparse.Namespace, questions: Sequence[str]) -> int:
    text = _words(arguments)
    for question in questions:
        print(f"? {question}", file=sys.stderr)
    return _fail(
        text(
            "Answer in {file}, then run: levee evaluate {file}",
            file=str(arguments.study),
        )
    )


def _write_reports(
    arguments: argparse.Namespace, evaluation: Evaluation, study: Study
) -> list[Path]:
    """Write results and documents; what leaves for others is entered in the study's ledger."""
    from dashboard.exports.results_file import write_results

    text = Text(arguments.language or study.plan.study.language)
    folder = arguments.output or arguments.study.parent
    folder.mkdir(parents=True, exist_ok=True)
    documents = [form for form in arguments.format if form in _WRITERS]
    if arguments.audience not in (None, "evaluator"):
        evaluation = _release(arguments, evaluation, study, arguments.audience)
    reports = {"results.json": write_results(evaluation)}
    shared = evaluation
    if arguments.audience is None and any(form != "sav" for form in documents):
        shared = _release(arguments, evaluation, study, "funder")
    for form in documents:
        module, writer = _WRITERS[form]
        # Documents go out; a file of every person's answers never does.
        told = evaluation if form == "sav" else shared
        reports["scores.sav" if form == "sav" else f"report.{form}"] = getattr(
            import_module(module), writer
        )(told, study, text, told.audience)
    for name, content in reports.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in reports]


def _release(
    arguments: argparse.Namespace, evaluation: Evaluation, study: Study, audience: Audience
) -> Evaluation:
    """Give what may leave for an audience beside all that left before, and enter it.

    What left the same files from the workspace of this computer counts too, and the workspace
    learns of this release. Where only the title is the same, people have other codes there: the
    person is told that nothing was compared.
    """
    from analysis.disclosure import make_release
    from dashboard.exports.ledger import find_ledger, read_releases, save_release
    from dashboard.workspace import releases as workspace

    if study.plan.study.simulated:
        return make_release(evaluation, study, audience)[0]
    ledger = find_ledger(arguments.study)
    own = read_releases(ledger)
    contents = [one.sha256 for one in study.files]
    title = study.plan.study.title
    titles = [title] if isinstance(title, str) else title.values()
    relatives = workspace.find_relatives(titles, contents)
    known = [one for one in relatives if one.same_files]
    before = list(own)
    for release in (release for one in known for release in (*one.releases, *one.pages)):
        if not any(release.repeats(other) for other in before):
            before.append(release)
    shared, made = make_release(evaluation, study, audience, before)
    save_release(ledger, own, made)
    for one in known:
        workspace.save_release(one.study, made)
    _tell_relatives(_words(arguments), relatives)
    return shared


def _tell_relatives(text: Text, relatives: Sequence[Relative]) -> None:
    """Say beside which releases of the workspace a release was judged, and beside which not."""
    for one in relatives:
        n = len(one.releases)
        if not n:
            continue
        said = (
            text(
                "Judged together with releases of “{title}” in the workspace: {n}.",
                title=one.title,
                n=text.number(n, 0),
            )
            if one.same_files
            else text(
                "The workspace holds a study “{title}” (releases: {n}), made from other files or "
                "with other codes for people. This release could not be compared with them: do not "
                "give both to the same readers.",
                title=one.title,
                n=text.number(n, 0),
            )
        )
        print(f"levee: {said}", file=sys.stderr)
