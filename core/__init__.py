"""TrendLab's engine and pages. docs/architecture.md draws which package may import which."""
