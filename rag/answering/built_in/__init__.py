"""Evidence → Draft without a model: the figures or cells that answer, in a short sentence, cited.

A figure is chosen for each thing asked by how much of what is asked stands near it: its own clause or row first,
then its sentence, then the headings above, and by whether its unit is of the kind asked for. Where too little of the
question is near any figure or sentence, the answer is that nothing was found, with the nearest thing stated.
"""

from rag.answering.built_in.across import evidence_to_draft
from rag.answering.built_in.drafting import evidence_to_refusal

__all__ = ["evidence_to_draft", "evidence_to_refusal"]
