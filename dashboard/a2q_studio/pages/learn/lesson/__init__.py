"""The lesson as data, and what it computes. No Streamlit here."""
