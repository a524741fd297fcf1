"""Levee dashboard: workspace."""
