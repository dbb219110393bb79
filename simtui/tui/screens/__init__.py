"""Screens that every part of the app uses: questions, pages, help."""
