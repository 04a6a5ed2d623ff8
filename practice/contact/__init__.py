"""This folder knows what people write to us: routed, numbered, answered from a desk."""
