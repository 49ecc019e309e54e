"""The Streamlit app: pages that show what the report made of a run."""
