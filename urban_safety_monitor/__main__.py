"""`python -m urban_safety_monitor` is `usm`."""

from urban_safety_monitor.cli import main

if __name__ == "__main__":  # processes the app starts load this module too
    main()
