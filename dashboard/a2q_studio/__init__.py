"""The Streamlit app: views hold widgets and words, charts hold figures."""
