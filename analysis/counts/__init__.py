"""Study → tables of whole numbers, in memory or by an engine; everything is inferred from them."""
