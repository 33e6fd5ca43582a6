from core.ui.topics.scale import scale_page

scale_page()
