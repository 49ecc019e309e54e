"""The fault bank: named faults planted into clean files, and what the check makes of each."""
