"""The Report as a document to hand in: its content in `content`, written as HTML or Markdown."""
