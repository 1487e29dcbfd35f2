"""Pages and hooks over HTTP: parse → one call → page. Knows the use cases by name and nothing of SQL or providers."""
