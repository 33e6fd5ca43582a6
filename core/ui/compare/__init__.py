"""The Compare page: runs in one chart, their answers, and the whole class as a sweep."""
