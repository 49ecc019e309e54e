"""`python -m urban_safety_monitor` is `usm`."""

from urban_safety_monitor.cli import main

main()
