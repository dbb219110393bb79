"""What was answered: the session and its file, kept safe, checked, counted and brought in from elsewhere."""
