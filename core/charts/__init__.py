"""Figures as plain dicts, in one house style. Free of Streamlit and torch; whoever draws them brings Plotly."""
