from tests.seeding.places import place, sqlite_place

__all__ = ["place", "sqlite_place"]
