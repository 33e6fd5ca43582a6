"""Conclusions from a run's numbers: trouble, the shape of its curve, what happened. Pure functions, free of torch."""
