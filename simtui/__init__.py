"""simtui: rate pairs of handwritten digits in a terminal, and see how well a convnet explains the ratings."""

__version__ = "0.1.0"
