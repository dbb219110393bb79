"""The home screen, rating oneself, and opening a study."""
