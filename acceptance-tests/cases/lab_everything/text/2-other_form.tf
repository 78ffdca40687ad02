# The other form is no change.
# plan: nothing
resource "lab_everything" "e" {
  text   = "éte $${x} %%{y} \"quoted\"\\n\n\t🦀👩‍👩‍👧 ﷺ"
  texts  = ["é", "é"]
  labels = { "ü" = "ü" }
}
output "same" {
  value = true
}
