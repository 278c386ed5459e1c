"""A²Q Studio's entry point, for ``streamlit run``: as a module its server, as Streamlit's script the page."""

if __name__ == "__main__":
    from a2q_studio.frame.app import show_app

    show_app()
else:
    from streamlit.starlette import App

    from a2q_studio.frame.guard import MIDDLEWARE

    app = App(__file__, middleware=MIDDLEWARE)
