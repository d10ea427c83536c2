"""Passages → figures, with all that each is said of, and what cannot all be right among them."""
