"""What the pages are made of. Streamlit lives here and in `app.py` and `pages/`, nowhere else."""
