"""Evidence → Draft without a model: one scorer over the figures found, and three answers.

Sure: the figure, bold, in its report's words. Unsure: up to three places that may be meant, nothing bold. Not there.
"""

from rag.answering.built_in.across import answer as evidence_to_draft
from rag.answering.built_in.refusing import not_found as evidence_to_refusal

__all__ = ["evidence_to_draft", "evidence_to_refusal"]
