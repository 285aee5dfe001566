"""The version of this package, for all rooms."""

VERSION = "0.1.0"
