"""Levee dashboard: exports."""
