"""Addresses of the views of reports: `?view=compare&report=…&report=…&indicator=…` can be reloaded, gone back to, sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from rag.app.ui.memory import (
    BOARD,
    BOARD_REPORT,
    COMPARED,
    COMPARISON,
    DETAIL,
    DETAIL_REPORT,
    FIGURES,
    FIGURES_REPORT,
    FIGURES_SOUGHT,
    INDICATORS,
    VIEW,
)
from rag.boards import wanted_indicators

_VIEWS = {DETAIL: "detail", BOARD: "board", FIGURES: "figures", COMPARISON: "compare"}
_ONE_REPORT = {DETAIL: DETAIL_REPORT, BOARD: BOARD_REPORT, FIGURES: FIGURES_REPORT}
_WRITTEN = "reports-address"
"""The address as this session wrote it last: another one was opened by its link or by going back."""


def comparison_address(reports: Sequence[str], question: str) -> dict[str, list[str]]:
    """The address of the comparison of these reports by the indicators that a question names."""
    named = {wanted.name: name for wanted in wanted_indicators() if (name := wanted.named_in(question))}
    asked = [one for one, name in named.items() if not any(name != other and name in other for other in named.values())]
    return {"view": [_VIEWS[COMPARISON]], "report": list(reports), "indicator": asked}


def follow_address(known: Collection[str]) -> None:
    """Turn to what the address names, where that is not what was shown last; reports that are gone are left out."""
    memory, address = st.session_state, _address()
    if address == memory.get(_WRITTEN, {}):
        return
    memory[_WRITTEN] = address
    view = next((name for name, word in _VIEWS.items() if [word] == address.get("view")), None)
    if view is None:
        memory.pop(VIEW, None)
        return
    memory[VIEW] = view
    reports = [identity for identity in address.get("report", ()) if identity in known]
    if view == COMPARISON:
        names = {wanted.name for wanted in wanted_indicators()}
        indicators = [name for name in address.get("indicator", ()) if name in names]
        memory.update({key: chosen for key, chosen in ((COMPARED, reports), (INDICATORS, indicators)) if chosen})
    elif reports:
        memory[_ONE_REPORT[view]] = reports[0]
    if view == FIGURES:
        memory[FIGURES_SOUGHT] = " ".join(address.get("find", ()))


def write_address() -> None:
    """Have the address name what is shown."""
    memory = st.session_state
    view, address = memory.get(VIEW), dict[str, list[str]]()
    if view in _VIEWS:
        address["view"] = [_VIEWS[view]]
        shown = memory.get(COMPARED, []) if view == COMPARISON else [memory.get(_ONE_REPORT[view])]
        address["report"] = [identity for identity in shown if identity]
        address["indicator"] = list(memory.get(INDICATORS, [])) if view == COMPARISON else []
        address["find"] = [memory.get(FIGURES_SOUGHT) or ""] if view == FIGURES else []
    address = {name: values for name, values in address.items() if any(values)}
    if address != _address():
        st.query_params.from_dict(address)
    memory[_WRITTEN] = address


def _address() -> dict[str, list[str]]:
    names = ("view", "report", "indicator", "find")
    return {name: st.query_params.get_all(name) for name in names if name in st.query_params}
