"""The named checks of verification: a document and what was found for it → a report. Nothing here fetches anything."""
