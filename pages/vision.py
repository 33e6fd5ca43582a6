from core.ui.topics.vision import vision_page

vision_page()
