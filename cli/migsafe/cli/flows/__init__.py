"""The flows: each joins planner and executor for one purpose."""
