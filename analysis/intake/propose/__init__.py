"""What a study file could say of the tables at hand; a person decides."""
