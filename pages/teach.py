from core.ui.topics.teach import teach_page

teach_page()
