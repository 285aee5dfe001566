"""What a program costs before it runs: schedule, work, memory, and the choice of engine."""
