"""Portfolio: measures are mapped to one definition by a person; the same data are left out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis.intake.propose.score_names import find_name_problem
from analysis.portfolio import (
    Duplicate,
    MeasureCard,
    PooledMeasure,
    Portfolio,
    define,
    suggest_mapping,
    wording_likeness,
)
from dashboard.roles import may_change_studies
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_report_names import name_problem_in_words
from dashboard.workspace.definitions import (
    SavedDefinition,
    remove_definition,
    remove_different,
    save_definition,
    save_different,
)


def show_duplicates(
    text: Text, duplicates: Sequence[Duplicate], different: Sequence[frozenset[str]]
) -> None:
    """Show which studies are left out as copies, and let a person say that they are not."""
    for one in duplicates:
        if one.reason == "fingerprint":
            continue
        names = {"title": text.of(one.title), "same_as": text.of(one.title_same_as)}
        told = {
            "files": text(
                "“{title}” is left out: it uses the same survey file as “{same_as}”.", **names
            ),
            # No share: with the number of respondents it counts the few who are in one alone.
            "respondents": text(
                "“{title}” is left out: most of its respondent IDs are also in “{same_as}”.",
                **names,
            ),
            "answers": text(
                "“{title}” is left out: its scores are exactly those of “{same_as}”.", **names
            ),
        }[one.reason]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(escape_markdown(told))
            if may_change_studies():
                st.button(
                    text("These are different people: include both"),
                    key=f"different_{one.study}",
                    on_click=save_different,
                    args=((one.study, one.same_as),),
                )
    for pair in different if may_change_studies() else ():
        first, second = sorted(pair)
        st.button(
            text("Check two studies for the same data again"),
            key=f"same_{first}_{second}",
            type="tertiary",
            on_click=remove_different,
            args=((first, second),),
        )


def show_mapping(text: Text, portfolio: Portfolio, saved: Sequence[SavedDefinition]) -> None:
    """Show the definitions there are, each with its undo, and where a new one is made."""
    cards = {(card.study, card.measure): card for card in portfolio.cards}
    st.header(text("Measures that mean the same"), anchor=False)
    st.markdown(
        text(
            "Studies are combined only for measures that you confirm to be the same. Compare the "
            "wording and range of each."
        )
    )
    for one in saved:
        _show_definition(text, one, cards, portfolio.measures)
    if may_change_studies():
        _show_new(text, portfolio.cards, saved)


def _show_definition(
    text: Text,
    saved: SavedDefinition,
    cards: dict[tuple[str, str], MeasureCard],
    pooled: Sequence[PooledMeasure],
) -> None:
    members = [cards.get((m.study, m.measure)) for m in saved.definition.members]
    there = [card for card in members if card is not None]
    with st.expander(
        escape_markdown(
            f"{saved.definition.name} · "
            + text.count("{n} study", "{n} studies", len(saved.definition.members))
        )
    ):
        if there:
            show_table(compare_wordings(text, there), key=f"mapped_{saved.id}")
        missing = len(members) - len(there)
        if missing:
            st.caption(
                text.count(
                    "{n} mapped study is not in this portfolio now.",
                    "{n} mapped studies are not in this portfolio now.",
                    missing,
                )
            )
        changed = next((p.changed for p in pooled if p.measure == saved.definition.name), ())
        if changed:
            st.warning(
                text(
                    "The questions or range of a mapped measure were changed since. It is not "
                    "combined until you undo this and map it again."
                )
            )
        if may_change_studies():
            st.button(
                text("Undo this mapping"),
                key=f"unmap_{saved.id}",
                on_click=remove_definition,
                args=(saved.id,),
            )


def _show_new(text: Text, cards: Sequence[MeasureCard], saved: Sequence[SavedDefinition]) -> None:
    keys = {(card.study, card.measure): card for card in cards}
    if len({card.study for card in cards}) < 2:
        return
    suggested = suggest_mapping(cards, [one.definition for one in saved])
    chosen = st.multiselect(
        text("Measures to compare"),
        list(keys),
        default=[(card.study, card.measure) for card in suggested],
        format_func=lambda key: escape_markdown(_name(text, keys[key])),
        placeholder=text("Choose one measure of each study"),
        key=f"map_{len(saved)}_{len(cards)}",
    )
    picked = [keys[key] for key in chosen]
    if len(picked) < 2:
        return
    show_table(compare_wordings(text, picked), key="map_wordings")
    likeness = min(wording_likeness(picked[0], other) for other in picked[1:])
    st.caption(text("Lowest similarity of the wording: {share}", share=text.percent(likeness)))
    problem = mapping_problem(text, picked)
    if problem:
        st.warning(problem)
        return
    name = st.text_input(
        text("Name of the shared measure"), value=text.of(picked[0].label), key="map_name"
    )
    refused = name_problem_in_words(text, find_name_problem(name))
    if refused:
        st.warning(refused)
    if st.button(
        text("These are the same measure: combine them"),
        key="map_save",
        type="primary",
        disabled=bool(refused),
    ):
        save_definition(define(name.strip(), picked))
        st.rerun()


def mapping_problem(text: Text, cards: Sequence[MeasureCard]) -> str:
    """Say why measures cannot be combined; "" when they can."""
    if len({card.study for card in cards}) < len(cards):
        return text("Choose one measure of each study.")
    if any(not cards[0].can_pool_with(card) for card in cards[1:]):
        return text(
            "These scores are in different units (range, score or direction): their changes "
            "cannot be combined."
        )
    return ""


def compare_wordings(text: Text, cards: Sequence[MeasureCard]) -> pd.DataFrame:
    """Range, score and item wordings of measures side by side, similar items in one row."""
    from rapidfuzz import fuzz

    rows = [
        [text("Range"), *(_range(text, card) for card in cards)],
        [text("Score"), *(_score(text, card) for card in cards)],
        [text("Reverse-scored items"), *(text.number(card.reversed, 0) for card in cards)],
    ]
    columns = [list(cards[0].items)]
    for card in cards[1:]:
        free, placed = list(card.items), []
        for item in cards[0].items:
            best = max(free, key=lambda other: fuzz.ratio(item, other), default="")
            alike = bool(best) and fuzz.ratio(item, best) >= 50
            placed.append(best if alike else "–")
            if alike:
                free.remove(best)
        columns.append([*placed, *free])
    longest = max(map(len, columns))
    padded = [[*column, *(["–"] * (longest - len(column)))] for column in columns]
    rows += [
        [text("Item {n}", n=text.number(at + 1, 0)), *(column[at] for column in padded)]
        for at in range(longest)
    ]
    names = [_name(text, card) for card in cards]
    unique = [
        f"{name} ({names[:at].count(name) + 1})" if name in names[:at] else name
        for at, name in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=[text("Compared"), *unique])


def _name(text: Text, card: MeasureCard) -> str:
    return f"{text.of(card.title, card.study[:8])}: {text.of(card.label, card.measure)}"


def _range(text: Text, card: MeasureCard) -> str:
    if not card.range:
        return "–"
    return text(
        "{low} to {high}", low=text.number(card.range[0], 0), high=text.number(card.range[1], 0)
    )


def _score(text: Text, card: MeasureCard) -> str:
    scores = {
        "mean": text("mean of the items"),
        "sum": text("sum of the items"),
        "percent": text("percent of the range"),
    }
    better = {"higher": text("higher is better"), "lower": text("lower is better")}
    return f"{scores[card.score]} · {better[card.better]}"
