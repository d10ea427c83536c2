"""Where each heading stands: the headings that are open at a place, and which of them a new one ends."""

from __future__ import annotations

import re
from itertools import takewhile

from rag.language.headings import SIZE_TOLERANCE, Heading, ordinal

_TOP = frozenset({"front", "part", "annex"})
"""Forms of which every heading stands at the top."""
_ABOVE_DOTTED = frozenset({"part", "front", "annex", "dotted", "chinese", "plain"})


class HeadingStack:
    """The headings that are open at a place; `push` closes those a new one ends."""

    def __init__(self) -> None:
        self._open: list[Heading] = []
        self._above: dict[str, set[str]] = {}
        """Style → the styles that have stood above it so far, outside of cases."""
        self._type: dict[str, float] = {}
        """Style → the size of type, told from the body's, that it has outside of cases."""

    @property
    def path(self) -> tuple[str, ...]:
        """Titles of the open headings, highest first."""
        return tuple(heading.title for heading in self._open)

    @property
    def forms(self) -> tuple[str, ...]:
        """Forms of the open headings, highest first."""
        return tuple(heading.form for heading in self._open)

    def push(self, heading: Heading) -> None:
        """Close the headings that end here, then open this one."""
        kept = self._open[: self._keep(heading)]
        if all(h.form != "case" for h in kept):
            self._above.setdefault(heading.style, set()).update(h.style for h in kept)
            if heading.distinct:
                self._type.setdefault(heading.style, heading.size)
        self._open = [*kept, heading]

    def _keep(self, heading: Heading) -> int:
        """How many open headings stay open above the new one."""
        if heading.level is not None:
            level = heading.level
            return sum(1 for _ in takewhile(lambda h: h.level is None or h.level < level, self._open))
        if heading.form in _TOP:
            return 0
        keep = self._keep_by_form(heading)
        ends = self._is_display_peer if heading.form == "display" else self._is_smaller
        while keep and ends(self._open[keep - 1], heading):
            keep -= 1
        return keep

    def _keep_by_form(self, heading: Heading) -> int:
        styles = [h.style for h in self._open]
        if heading.form == "case":
            return styles.index("case0") if "case0" in styles else len(styles)
        if "case0" in styles and self._is_of_report(heading):
            styles = styles[: styles.index("case0")]
        if heading.form == "dotted":
            return self._keep_dotted(heading)
        siblings = [index for index, style in enumerate(styles) if style == heading.style]
        case = styles.index("case0") if "case0" in styles else len(styles)
        following = [i for i in siblings if ordinal(self._open[i].number) + 1 == ordinal(heading.number)]
        if following:
            return following[-1]
        if case < len(styles) and (
            ordinal(heading.number) == 1 or not (siblings or any(self._outranks(heading, style) for style in styles))
        ):
            return next((index for index in siblings if index > case), len(styles))
        if not siblings:
            return next((i for i, style in enumerate(styles) if self._outranks(heading, style)), len(styles))
        restarts = ordinal(heading.number) == 1 and ordinal(self._open[siblings[0]].number) > 1
        return 0 if restarts and siblings[0] and self._open[0].form == "front" else siblings[0]

    def _outranks(self, heading: Heading, style: str) -> bool:
        """Whether headings of a style have stood below ones like the new heading, and never above."""
        return heading.style in self._above.get(style, ()) and style not in self._above.get(heading.style, ())

    def _keep_dotted(self, heading: Heading) -> int:
        first = ordinal(re.split(r"[.．]", heading.number)[0])
        above: set[str] = set()
        for index, other in enumerate(self._open):
            if other.form == "dotted" and other.depth >= heading.depth:
                return index
            is_parent = other.form == "arabic" and ordinal(other.number) == first and "dotted" not in above
            if other.form not in _ABOVE_DOTTED and not (is_parent and heading.depth > 1):
                return index
            above.add(other.form)
        return len(self._open)

    def _is_of_report(self, heading: Heading) -> bool:
        """Whether a heading's type is that of the report's own headings of its style, and no body type: it ends a case."""
        return heading.distinct and self._type.get(heading.style) == heading.size > 0

    @staticmethod
    def _is_smaller(opened: Heading, new: Heading) -> bool:
        return bool(opened.size and new.size) and new.size > opened.size * SIZE_TOLERANCE and opened.form != "case"

    @staticmethod
    def _is_display_peer(opened: Heading, new: Heading) -> bool:
        """Whether a heading told by its type alone ends an open one: in type no larger, and no part or annex."""
        is_kept = opened.form in ("case", "part", "annex")
        return bool(opened.size) and not is_kept and opened.size <= new.size * SIZE_TOLERANCE
