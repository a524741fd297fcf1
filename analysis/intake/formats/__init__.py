"""intake/formats."""
