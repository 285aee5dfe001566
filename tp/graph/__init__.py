"""Typed program graphs: axes, parameters, operations, their textual form, validation and pictures."""
