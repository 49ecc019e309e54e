"""The knowledge system on a city profile, and what its official adds in a few answers."""

from functools import partial

import streamlit as st

from urban_safety_monitor.report.knowledge import (
    ANSWERS,
    SELF_ASSESSMENT,
    KnowledgeSystem,
    knowledge_csv,
)
from urban_safety_monitor.report.wording import worded
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import knowledge_of
from urban_safety_monitor.ui.visit import Visit

KEPT = "self-assessment"
"""Where the session keeps the answers, by city; they go nowhere else."""


def knowledge_section(visit: Visit, area: str) -> None:
    """What the city knows, made when it is opened, with the self-assessment and both as a file."""
    label = visit.say("Knowledge system: what the city knows of its safety")
    section = st.expander(label, on_change="rerun", key="knowledge")
    if not section.open:
        return
    with section:
        system = knowledge_of(visit.run_id, area, visit.language)
        show("city_knowledge", visit, system=system)
        _self_assessment(visit, system)


@st.fragment
def _self_assessment(visit: Visit, system: KnowledgeSystem) -> None:
    show("city_questions", visit)
    answers = st.session_state.setdefault(KEPT, {}).setdefault(system.area, {})
    for name in SELF_ASSESSMENT:
        answers[name] = st.segmented_control(
            worded(SELF_ASSESSMENT, name, visit.language),
            list(ANSWERS),
            default=answers.get(name),
            format_func=partial(_answer, language=visit.language),
            key=f"assess-{system.area}-{name}",
        )
    st.download_button(
        visit.say("Download table and answers (CSV)"),
        lambda: knowledge_csv(system, {k: v for k, v in answers.items() if v}),
        f"{system.area}_knowledge_{visit.language}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _answer(answer: str, language: str) -> str:
    return worded(ANSWERS, answer, language)
