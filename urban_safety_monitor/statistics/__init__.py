"""Kernels: arrays in, arrays out.

`scipy.optimize` and `scipy.stats` are imported by the functions that call them: together they take
longer to import than pandas, and most commands need neither.
"""
