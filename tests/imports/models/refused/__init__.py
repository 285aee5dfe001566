"""Models that are no programs: ``CODE`` is the code of the diagnostic that they meet, ``WORDS`` what it names."""
