from core.ui.topics.applications import applications_page

applications_page()
