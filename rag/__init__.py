"""问报: answers questions about college reports, every figure cited to the page it is printed on."""

__version__ = "0.1.0"
