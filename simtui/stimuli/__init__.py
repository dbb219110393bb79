"""Where images come from: one module a source, each returning an ImageSet."""
