"""Pictures of pages with what was cited marked."""
