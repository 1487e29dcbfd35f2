"""The command line, one file a command; nothing is imported before its word is said."""
