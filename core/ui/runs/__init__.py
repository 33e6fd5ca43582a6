"""The Runs page, with its parts for a shared computer and for the teacher."""
