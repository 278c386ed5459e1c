"""Help: what the words mean, and what runs here."""
