"""A sheet of text becomes a recognised table: its tool, its header, the names of its columns."""
