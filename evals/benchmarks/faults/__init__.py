"""Faults put in on purpose, and how they end."""
