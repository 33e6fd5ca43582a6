from core.ui.runs.page import runs_page

runs_page()
