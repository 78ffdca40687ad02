# A job by its id: [namespace/]id
terraform import lostops_job.web default/web

# A use of a pack by its name: [namespace/]name
terraform import lostops_job.docs default/docs
