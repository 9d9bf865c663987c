variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "artefact" {
  description = "The service's zip file; a path."
  type        = string
}

variable "table_name" {
  description = "The store."
  type        = string
}

variable "table_arn" {
  description = "The same, as an ARN."
  type        = string
}

variable "origins" {
  description = "Sites whose pages may call the API."
  type        = list(string)

  validation {
    condition     = !contains(var.origins, "*")
    error_message = "origins: name the sites; * would let every site use the API."
  }
}

variable "parameter_path" {
  description = "Where the secrets are, in the parameter store."
  type        = string
}
