"""The commands: what each understands, and the flow that it starts. Nothing heavy is imported before that."""
