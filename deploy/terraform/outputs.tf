output "site_bucket" {
  description = "Where releases are uploaded to."
  value       = module.site.bucket
}

output "edge_domain_name" {
  description = "What the site's name in DNS, and blue. and green. below it, must lead to."
  value       = module.edge.domain_name
}

output "deploy_role_arn" {
  description = "What the pipeline assumes, without a key of its own."
  value       = module.security.deploy_role_arn
}
