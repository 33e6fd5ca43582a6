from core.ui.topics.language import language_page

language_page()
