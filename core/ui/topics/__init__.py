"""The survey's pages, one file each: what stands on it, from top to bottom; and what these pages share."""
