"""Where events, memories and results are kept: one interface, SQLite and DynamoDB behind it."""
