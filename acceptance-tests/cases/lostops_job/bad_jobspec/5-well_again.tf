# plan: nothing
# nothing was made
