"""What becomes of the claims of a program."""
