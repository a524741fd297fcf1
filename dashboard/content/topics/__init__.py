"""One file for each topic: its sentences, tables and pictures."""
