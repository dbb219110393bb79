"""How well a network explains what people said: ratings and a checkpoint in, one immutable Report out."""
