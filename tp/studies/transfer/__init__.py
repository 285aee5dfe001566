"""Whether the best learning rate is the same at every width: its search, its drift with n, and what is predicted."""
