"""Interpretability: questions that a trained network can be asked."""
