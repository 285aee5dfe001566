"""Studies: predictions of theory compared with measurements of experiments."""
