"""Levee dashboard: widgets."""
