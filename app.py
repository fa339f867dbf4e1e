"""Thaw, a transfer-learning lab in the browser: streamlit run app.py"""

from tlcore.ui.frame import run_page

run_page()
