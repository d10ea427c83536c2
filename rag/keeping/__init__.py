"""Conversations and feedback, kept."""
