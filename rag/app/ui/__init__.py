"""Edge: what is drawn of the page, by Streamlit; what it shows is made in `rag/page.py` and its like."""
