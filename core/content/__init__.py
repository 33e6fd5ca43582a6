"""Text and its figures, separate from the code that shows them."""
