"""What a run's own numbers say: trouble, the shape of its curve, what happened. Pure functions, free of torch."""
