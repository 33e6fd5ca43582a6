from core.ui.lab.page import lab_page

lab_page()
