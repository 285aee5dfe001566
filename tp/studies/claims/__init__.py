"""What becomes of the claims of a program: decided by theory, in the light of what was measured."""
