"""Expressions and quantities over figures, in decimal arithmetic."""
