"""Notification and complaint handling for social assistance."""
