"""Exports: a run as a table, its settings as a program."""
