"""The page that `streamlit run app.py` shows."""

from urban_safety_monitor.ui.main import main

main()
