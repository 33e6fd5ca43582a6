"""The survey's pages, one file each, from top to bottom, and what these pages share."""
