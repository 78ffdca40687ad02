# By one of its servers: everything else is on it.
terraform import lostops_cluster.edge ssh://admin@192.0.2.11

# Machines that lostops made here, by their folder, written as in the block `qemu`.
terraform import lostops_cluster.here qemu://machines
