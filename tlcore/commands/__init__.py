"""One file per verb of the command line; what is heavy to import is imported inside the verb."""
