"""Question sets, scoring and benchmarks."""
