from core.ui.topics.privacy import privacy_page

privacy_page()
