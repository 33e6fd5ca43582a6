"""The Runs page, and what a room needs beside it: the next learner, and the teacher."""
