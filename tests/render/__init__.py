"""What we say: facts to words, templates checked, the shipped messages themselves."""
