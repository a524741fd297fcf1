"""Levee dashboard: figures."""
