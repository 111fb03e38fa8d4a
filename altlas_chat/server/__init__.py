"""Puts a server together and runs it."""
