"""What is shown: the study and its file, how one is made, and the plan of each run."""
