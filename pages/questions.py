from core.ui.topics.questions import questions_page

questions_page()
