"""Records → tables with translated headers; no streamlit."""
