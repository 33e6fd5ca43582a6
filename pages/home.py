from core.ui.topics.home import home_page

home_page()
