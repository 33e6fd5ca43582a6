"""What a page asks for: runs that start, pause, fork and finish. Start reading at `service.RunService`."""
