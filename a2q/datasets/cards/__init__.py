"""The card of every set: what is known of it before it is loaded."""
