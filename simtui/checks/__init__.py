"""Files that others may have written: found, read, held against the rules and against each other."""
