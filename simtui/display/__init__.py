"""What a terminal's character cells can show, and how fast it answers."""
