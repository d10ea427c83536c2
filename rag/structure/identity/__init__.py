"""Which report is it: college, title, kind, years."""
