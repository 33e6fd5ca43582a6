"""The Train page, and how all pages describe a run and its settings."""
