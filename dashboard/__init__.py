"""Levee dashboard."""
