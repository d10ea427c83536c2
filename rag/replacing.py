"""Edge: putting a whole file in place of another, also where Windows holds the other for a moment."""

from __future__ import annotations

import time
from pathlib import Path

TRIES = 20
PAUSE_SECONDS = 0.05


def replace_file(whole: Path, target: Path) -> None:
    """Gives `whole` the name of `target`. OSError where the target stays held by another program.

    Windows refuses while anybody, a virus scanner too, has the target open; elsewhere the first try does it.
    """
    for left in range(TRIES, 0, -1):
        try:
            whole.replace(target)
            return
        except PermissionError:
            if left == 1:
                raise
            time.sleep(PAUSE_SECONDS)
