"""The user interface. Streamlit is used only here and in `app.py` and `pages/`."""
