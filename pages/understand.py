from core.ui.understand.page import understand_page

understand_page()
