"""Fetching data from survey servers: optional, off until asked for, one named server at a time."""
