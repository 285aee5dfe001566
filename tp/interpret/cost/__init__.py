"""Estimates before a program runs: schedule, time, memory, and the choice of engine."""
