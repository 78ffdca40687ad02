# plan: lab_file.a delete
# file: other absent
# state: lab_file.a absent
