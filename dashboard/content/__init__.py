"""What a reader sees, as plain values: no streamlit, no document and no plotting library."""
