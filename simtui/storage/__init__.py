"""Files written whole or not at all, and read whoever wrote them."""
