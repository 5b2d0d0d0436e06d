"""An independent auditor of Skein's events files, written from the rules of the world alone."""
