from core.ui.topics.tools import tools_page

tools_page()
