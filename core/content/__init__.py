"""Words and facts, apart from the code that shows them."""
