"""One participant's go at a study: what is said, what is asked, what is kept; with a screen or without one."""
