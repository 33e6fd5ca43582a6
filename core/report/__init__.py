"""A run's lab report: one self-contained page to read, print and hand in."""
