"""Message catalogues, one folder a language (gettext)."""
