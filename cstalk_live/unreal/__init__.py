"""Puts the Unreal plugin into a project, takes it out again, and checks it. Pure files: no engine is run."""
