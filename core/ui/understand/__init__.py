"""The Understand page: what a run's network sees, where it fails, and why."""
