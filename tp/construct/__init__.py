"""What every front end builds programs with: softmax, windows, selection."""
