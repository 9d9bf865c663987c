variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "protected" {
  description = "Whether the table is kept from being destroyed."
  type        = bool
}
