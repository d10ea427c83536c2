"""Questions to begin and to go on with."""
