"""A real browser on the pages that people see."""
