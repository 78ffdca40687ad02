run "without anything said it serves a page" {
  assert {
    condition     = ids == ["site"] && job.site.TaskGroups[0].Count == 2
    error_message = "two instances of one job"
  }
  assert {
    condition     = contains(keys(file.site), "local/pages/index.html")
    error_message = "the page is carried"
  }
  assert {
    condition     = output.service == "site" && secret == {} && volume == {}
    error_message = "no secret and no volume"
  }
}

run "a name keeps it apart" {
  name = "docs"
  variables {
    protect = true
    domains = ["docs.example.com"]
  }
  assert {
    condition     = ids == ["docs"] && job.site.Meta.lostops == "static_site/docs" && output.service == "docs"
    error_message = "everything is called docs"
  }
  assert {
    condition     = secret.password.paths == ["nomad/jobs/docs"] && output.urls == ["https://docs.example.com/"]
    error_message = "the secret is the job's own"
  }
}

run "pages from a volume" {
  variables {
    volume = { size = "5GiB" }
  }
  assert {
    condition     = volume.pages.called == "site-pages" && volume.pages.size == 5 * 1024 * 1024 * 1024
    error_message = "a volume of five GiB"
  }
  assert {
    condition     = keys(file.site) == ["local/nginx/default.conf"]
    error_message = "no pages are carried"
  }
}

run "pages may hold any text" {
  variables {
    files   = { "a/b.html" = "{{ env \"X\" }} $${y} %%{if}\n" }
    headers = { "Content-Security-Policy" = "default-src 'self'; img-src *" }
  }
  assert {
    condition     = file.site["local/pages/a/b.html"] == "{{ env \"X\" }} $${y} %%{if}\n"
    error_message = "it is carried as it is"
  }
}

run "a path out of the site is refused" {
  variables {
    files = { "../x" = "" }
  }
  expect_error = "no part of it begins with a dot"
}

run "a header cannot become configuration" {
  variables {
    headers = { X-Evil = "a$request_uri" }
  }
  expect_error = "nginx would read `$`"
}
