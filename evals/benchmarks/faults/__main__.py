"""Both tables of faults: those of a model's service, and damage to the data folder.

usage: python -m evals.benchmarks.faults
"""

from __future__ import annotations

import subprocess
import sys

PARTS = ("service", "data")


def main() -> None:
    """Run each part by itself; exit code 1 where one found what should not be."""
    codes = [subprocess.run([sys.executable, "-m", f"evals.benchmarks.faults.{part}"]).returncode for part in PARTS]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
