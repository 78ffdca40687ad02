pack "static_site" {
  version     = "1.0.0"
  summary     = "A static web site behind nginx, with careful headers, a health check and, if wanted, a password"
  description = "The pages are given as `files`, or lie on a host volume that something else fills. Every instance serves the same pages, so the site moves and grows without a thought."
  nomad       = ">= 1.10"
}

job "site" {
  description = "nginx, unprivileged, read-only but for its temporary files"
}

volume "pages" {
  job         = "site"
  when        = var.volume != null
  size        = try(var.volume.size, null)
  uid         = 101
  gid         = 101
  mode        = "0755"
  description = "The pages, if they are not given as `files`"
}

secret "password" {
  job         = "site"
  when        = var.protect
  generate    = { length = 24 }
  description = "Password of the user `site`, if `protect` is on"
}

output "service" {
  type        = string
  description = "Name of the service, for a reverse proxy"
  value       = pack.id
}

output "urls" {
  type        = list(string)
  description = "Where the site is reached, once a proxy routes its domains"
  value       = [for domain in var.domains : "https://${domain}/"]
}
