"""The page Understand: what the network of a run sees, where it fails, and why."""
