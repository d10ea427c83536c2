"""What work in the sandbox may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    memory_bytes: int = 2 * 2**30
    """Of the child process: address space on Linux, resident memory elsewhere."""
    seconds: float = 180.0
    seconds_per_page: float = 3.0
    """Added to `seconds` for every page once the number of pages is known."""
    max_pages: int = 1000
    max_file_bytes: int = 200 * 2**20
    max_answer_bytes: int = 128 * 2**20
    """Of everything the child says of one file."""

    def seconds_for(self, pages: int) -> float:
        """How long a file of so many pages may take; no number of pages buys more than `max_pages` do."""
        return self.seconds + self.seconds_per_page * min(pages, self.max_pages)
