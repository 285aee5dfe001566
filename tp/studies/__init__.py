"""Studies: theory held against experiment."""
