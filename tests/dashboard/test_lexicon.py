"""No causal word without a comparison group; short sentences; two kinds of "nothing"."""

import re

import numpy as np
import pytest

from analysis.sections import evaluate
from dashboard.content.topics.methods import say_methods
from dashboard.sentences import known_codes, say_caution, say_finding
from dashboard.sentences.funder import say_answer
from dashboard.text import LANGUAGES, Text
from tests.studies import make_study

CAUSAL = {
    "en": re.compile(
        r"\b(caus\w+|led to|leads to|because|thanks to|due to|effects? of|impact\w*|improved by the"
        r"|results? in|raised|lowered|increased|reduced|made)\b",
        re.IGNORECASE,
    ),
    "zh-Hans": re.compile("导致|使得|促使|归因|因为|由于|得益于|影响了|提高了|降低了|效果"),
}
MAX_WORDS = 25
MAX_LETTERS = 62
N = 120
RNG = np.random.default_rng(11)
LEVEL = RNG.normal(3, 0.5, N)


def study_of(gain, *, spread=0.3, compared=False, important=0.5, anonymous=False):
    arm = np.arange(N) % 2 == 0
    pre = LEVEL + RNG.normal(0, spread, N)
    post = LEVEL + gain * (arm if compared else 1) + RNG.normal(0, spread, N)
    facts = {"treated": [*arm, *arm], "site": [*np.where(arm, "b", "c")] * 2} if compared else None
    measures = [{"name": "m", "range": [0, 6], "important_difference": important}]
    waves = {"pre": {"m": pre}, "post": {"m": post}}
    return make_study(waves, measures=measures, facts=facts, anonymous=anonymous)


STUDIES = {
    "up": study_of(0.8),
    "down": study_of(-0.8),
    "small": study_of(0.15, spread=0.05),
    "nothing clear": study_of(0.02, spread=1.5, important=0.1),
    "no change": study_of(0.0, spread=0.05),
    "anonymous": study_of(0.8, anonymous=True),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STUDIES)
def test_no_causal_word_without_a_comparison_group(name, language):
    evaluation, text = evaluate(STUDIES[name]), Text(language)
    assert not evaluation.comparison
    for said in [
        say_answer(text, evaluation),
        *(say_finding(text, f) for f in evaluation.findings),
        *(say_caution(text, c) for c in evaluation.cautions),
        *say_methods(text, evaluation, STUDIES[name].plan),
    ]:
        assert not CAUSAL[language].search(said), said


def test_effects_are_said_only_beside_a_comparison_group():
    compared = evaluate(study_of(0.8, compared=True))
    assert any(f.section == "comparison" for f in compared.findings)
    effects = {code for code in known_codes("FINDINGS") if code.startswith("effect_")}
    for study in STUDIES.values():
        assert not effects & {f.code for f in evaluate(study).findings}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language):
    text = Text(language)
    for study in (*STUDIES.values(), study_of(0.8, compared=True)):
        evaluation = evaluate(study)
        said = [say_finding(text, f) for f in evaluation.findings]
        said += [say_caution(text, c) for c in evaluation.cautions]
        for one in said:
            size = len(one.split()) if language == "en" else len(one)
            assert size <= (MAX_WORDS if language == "en" else MAX_LETTERS), one


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clear_change_is_worded_apart_from_no_change(language):
    found = {}
    for name in ("nothing clear", "no change"):
        one = next(f for f in evaluate(STUDIES[name]).findings if f.measure == "m")
        found[name] = (one.code, say_finding(Text(language), one))
    assert found["nothing clear"][0] == "no_clear_change"
    assert found["no change"][0] == "no_change_shown"
    assert found["nothing clear"][1] != found["no change"][1]


def test_the_lexicon_sees_a_planted_cause():
    assert CAUSAL["en"].search("The programme led to a rise.")
    assert CAUSAL["zh-Hans"].search("项目导致了上升")
