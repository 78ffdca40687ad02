run "it says hello once" {
  assert {
    condition     = job["NAME"].TaskGroups[0].Count == 1 && output.service == "NAME"
    error_message = "one instance"
  }
  assert {
    condition     = trimprefix(file["NAME"]["local/page/index.html"], "<!doctype html>") != file["NAME"]["local/page/index.html"]
    error_message = "the page is carried"
  }
}

run "under another name it is another one" {
  name = "second"
  assert {
    condition     = ids == ["second"]
    error_message = "the id is the name"
  }
}

run "nothing at all is refused" {
  variables {
    instances = 0
  }
  expect_error = "At least one must run"
}
