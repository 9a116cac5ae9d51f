"""What all rooms stand on: one error, one writer, one way to print a number, one seed rule."""
