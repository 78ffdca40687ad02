# [namespace/]id
terraform import lostops_job.web default/web
