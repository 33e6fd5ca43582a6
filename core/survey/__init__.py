"""The arithmetic behind the survey's pages: fits, calculators, simulations. Pure functions of numbers and facts."""
