"""What a terminal can show, and how an image is drawn on it."""
