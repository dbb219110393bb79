"""How a study is designed: images sampled into pairs, catch pairs, wording, and the audit of its plans."""
