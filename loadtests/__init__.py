"""Benchmarks of altlas-chat against floors measured in the same run.

``python -m loadtests`` runs them; ``docs/benchmarks.md`` says what each
measures and how. Everything stays on this machine's loopback.
"""
