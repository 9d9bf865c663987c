"""What people see of a result: a table on the terminal, Markdown, GitHub annotations, a page, a trend."""
