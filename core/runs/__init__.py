"""Runs: starting, pausing, forking, storing and scheduling them. Start reading at `service.RunService`."""
