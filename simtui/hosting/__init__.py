"""A study on SSH and on the web: a front for the lines, and the preloaded parent of participants' processes."""
