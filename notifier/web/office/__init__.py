"""The office's pages: what is planned, goes out and is accounted for."""
