from core.ui.topics.search import search_page

search_page()
