"""The face: commands, the flows that join planner and executor, screens and reports."""
