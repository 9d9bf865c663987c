"""The same particles in other libraries, and in JavaScript written by hand, measured beside ours."""
