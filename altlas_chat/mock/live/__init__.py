"""What AsyncAPI documents describe, spoken for real: sockets, commands, replies, events."""
