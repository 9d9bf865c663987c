"""Pictures made natively: frames of a world as files."""
