"""A run's lab report: one page that stands alone, to be read, printed and handed in."""
