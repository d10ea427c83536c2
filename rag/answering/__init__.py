"""Evidence → a draft of the answer."""
