"""This folder knows what people report, and what staff decide about words that others read: cases, reasons, appeals,
sanctions."""
