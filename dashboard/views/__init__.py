"""Levee dashboard: views."""
