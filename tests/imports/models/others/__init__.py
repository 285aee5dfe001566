"""Models that stand in no program, in the styles of many people."""
