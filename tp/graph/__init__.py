"""Typed program graphs: axes, parameters, operations, builder, textual form, validation."""
