"""Measurements that print figures for the notes; run by hand."""
