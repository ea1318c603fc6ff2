"""Let a person decide about a photo: why one has to, the decision, and the page on which it is made."""
