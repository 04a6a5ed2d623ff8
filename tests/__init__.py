"""The tests: `make check` for the quick ones, `make test` for all."""
