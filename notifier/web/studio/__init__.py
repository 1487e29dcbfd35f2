"""The pages of all that we say."""
