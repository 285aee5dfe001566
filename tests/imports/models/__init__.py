"""Models as people write them, one a file: ``make(n)`` builds one at width n."""
