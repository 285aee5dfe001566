"""Results as documents: ``contents`` makes a document of a result, ``render`` writes documents in a format."""
