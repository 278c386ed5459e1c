"""A²Q Studio's entry point, for ``streamlit run``."""

from a2q_studio.frame.app import show_app

show_app()
