"""Results as things to show: profiles, comparisons, pictures, scorecards, files. No Streamlit."""
