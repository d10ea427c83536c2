"""Grids of lines → tables with captions, headers, units."""
