"""The views of the compare page: one indicator, all indicators, over time; order and weights."""
