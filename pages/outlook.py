from core.ui.topics.outlook import outlook_page

outlook_page()
