"""What a shell can complete after ``tp``, and the scripts for it: one file for each shell.

The scripts are static: they name all commands, options and values, and start no program when a key is pressed.
"""
