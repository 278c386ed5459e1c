"""Figures of the lesson: from its computations to a figure. No Streamlit here."""
