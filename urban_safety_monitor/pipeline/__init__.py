"""Stages from totals to results: pure functions between tables."""
