"""The Train page, and all that pages say of a run and its settings."""
