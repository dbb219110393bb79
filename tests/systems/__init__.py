"""Systems that are not here: what can be known of them from this one."""
