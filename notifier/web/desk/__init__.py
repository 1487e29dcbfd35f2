"""The complaint desk's pages."""
