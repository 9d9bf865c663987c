"""The `local` engine: nginx and the service on this machine, on loopback."""
