"""Storage of events, memories and state: protocols (`base`), implemented on SQLite and DynamoDB."""
