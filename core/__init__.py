"""TrendLab's engine and pages. docs/architecture.md shows which package may import which."""
