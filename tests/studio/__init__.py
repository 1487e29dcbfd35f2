"""How people change what we say."""
