"""Values of a program at finite width, drawn with NumPy."""
