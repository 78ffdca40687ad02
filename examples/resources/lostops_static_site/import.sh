# [namespace/]name
terraform import lostops_static_site.docs default/docs
