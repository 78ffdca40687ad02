# [namespace/]name; a stack without a name is found by the name of the pack
terraform import lostops_observability_stack.main default/observability_stack
