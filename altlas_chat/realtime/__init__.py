"""Who listens at this moment, and the fan-out to them."""
