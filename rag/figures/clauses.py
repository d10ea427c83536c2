"""The clause of a figure."""

from __future__ import annotations

from rag.language.clauses import LOOK_BACK, clause_before
from rag.records import Figure


def clause_of(figure: Figure) -> str:
    """What stands before a figure in its clause, behind the figure before it."""
    # What was found with its sentence's figures need not be found again: a sentence of a thousand would be read as often.
    own = figure.near.removesuffix(f" {figure.after}")
    if own != figure.near and figure.before.endswith(own):
        return own[-LOOK_BACK:]
    return clause_before(figure.before)
