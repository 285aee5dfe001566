"""The page of a result: one HTML file without scripts, which needs nothing but itself."""
