"""Files written whole or not at all; untrusted files read."""
