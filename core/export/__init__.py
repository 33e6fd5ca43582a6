"""What a learner takes home: a run as a table, its settings as a program."""
