"""The Textual app: the only folder that imports textual."""
