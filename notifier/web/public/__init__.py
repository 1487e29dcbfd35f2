"""The pages that anybody may open: no login, no JavaScript, made for a cheap phone. One subject a file."""
