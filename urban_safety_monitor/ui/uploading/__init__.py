"""The five steps of the upload page, and what is kept of an attempt between them."""
