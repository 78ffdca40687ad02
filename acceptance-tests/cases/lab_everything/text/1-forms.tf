# Composed and decomposed letters are the same text, and stay what the other side expects.
# output: same = true
resource "lab_everything" "e" {
  text   = "éte $${x} %%{y} \"quoted\"\\n\n\t🦀👩‍👩‍👧 ﷺ"
  texts  = ["é", "é"]
  labels = { "ü" = "ü" }
}
output "same" {
  value = alltrue([
    lab_everything.e.texts[0] == lab_everything.e.texts[1],
    lab_everything.e.labels["ü"] == "ü",
    startswith(lab_everything.e.text, "éte $${x} %%{y} \"quoted\"\\n"),
  ])
}
