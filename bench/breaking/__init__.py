"""Breaks the service on purpose and says what held: one file a scenario, each returns a Row.

`python3 run.py faults` prints the rows as a table; tests/stories/ asks the same scenarios for small numbers.
"""
