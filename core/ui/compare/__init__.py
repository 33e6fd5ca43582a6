"""The Compare page: runs over each other, their answers, and the class as a sweep."""
