"""The analysis screen and its tabs."""
