"""A class on one machine that trains: viewers who speak Streamlit's protocol look at one live run and click about."""
