from core.ui.teach import teach_page

teach_page()
