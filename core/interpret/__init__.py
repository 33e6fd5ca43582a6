"""What can be read out of a trained network."""
