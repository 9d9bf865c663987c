output "site_bucket" {
  description = "Where releases are uploaded to."
  value       = module.site.bucket
}

output "distribution_id" {
  description = "The distribution visitors get."
  value       = module.edge.distribution_id
}

output "deploy_role_arn" {
  description = "What the pipeline assumes, without a key of its own."
  value       = module.security.deploy_role_arn
}
