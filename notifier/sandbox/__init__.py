"""Fake providers with a face: real servers on a free port that serve the demo and the tests alike.

Knows nothing of the service it plays with, and of no channel: only the providers' wire formats.
"""
