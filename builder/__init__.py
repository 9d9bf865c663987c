"""The steps that turn this repository into ``dist/``; run by ``build.py`` inside ``.venv``."""
