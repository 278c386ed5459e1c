"""What several runs have in common and where they differ, for the page and the report alike. No Streamlit here."""
