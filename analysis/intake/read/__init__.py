"""A study file and its tables become a study."""
