from core.ui.search import search_page

search_page()
