"""Inputs and targets of a measurement: generic data, the digits, files of a user."""
