"""The studio: a designer tunes moods with the fish in sight. Shipped to `studio.html` alone."""
