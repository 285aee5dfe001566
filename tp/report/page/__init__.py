"""The page of a result: one HTML file without scripts, which loads nothing."""
