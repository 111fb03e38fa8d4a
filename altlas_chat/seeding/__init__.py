"""Fills a database with a demo world, or with volume."""
