"""The script that Streamlit runs for every page view."""

from core.ui.shell import run_app

run_app()
