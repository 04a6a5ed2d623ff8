"""This folder knows the outside world: the only place that imports a vendor's code or opens a connection."""
