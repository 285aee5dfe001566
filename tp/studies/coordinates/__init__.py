"""Coordinate checks: whether sizes in a log of training runs scale with the width as predicted."""
