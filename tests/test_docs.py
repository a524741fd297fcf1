"""The documents name every key and command there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from analysis.plan import Fix, StudyPlan, SurveyFile
from analysis.plan_tables import EventMark, Link

ROOT = Path(__file__).resolve().parent.parent
STUDY_FILE = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")


def sections() -> Iterator[type[BaseModel]]:
    yield from (EventMark, Fix, Link, SurveyFile)
    for field in StudyPlan.model_fields.values():
        hints = [field.annotation, *getattr(field.annotation, "__args__", ())]
        yield from (h for h in hints if isinstance(h, type) and issubclass(h, BaseModel))


@pytest.mark.parametrize("section", list(sections()), ids=lambda one: one.__name__)
def test_every_key_of_the_study_file_is_documented(section):
    named = set(re.findall(r"`([a-z_]+)`", STUDY_FILE))
    assert not set(section.model_fields) - named


def test_every_section_of_the_study_file_is_documented():
    for name in StudyPlan.model_fields:
        assert f"[{name}]" in STUDY_FILE, name


@pytest.mark.parametrize("command", ["serve", "demo", "inspect", "propose", "evaluate", "template"])
def test_every_command_is_documented(command):
    assert f"levee {command}" in STUDY_FILE


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))], ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
