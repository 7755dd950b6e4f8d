listen sessions
