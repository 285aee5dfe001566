"""The outcomes of the claims of a program: decided by theory, then confirmed or contradicted by measurements."""
