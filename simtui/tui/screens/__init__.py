"""One module a screen, its .tcss beside it."""
