from core.ui.topics.deep import deep_page

deep_page()
