"""The server side: the only package that imports the web framework."""
