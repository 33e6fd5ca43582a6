"""Plotly figures as plain dicts, in one house style. Free of Streamlit, torch and Plotly itself."""
