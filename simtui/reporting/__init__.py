"""A Report in words, tables and drawings: for a terminal, as Markdown, as HTML."""
