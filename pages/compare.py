from core.ui.compare.page import compare_page

compare_page()
