output "web_acl_arn" {
  description = "The firewall of the edge."
  value       = aws_wafv2_web_acl.edge.arn
}

output "deploy_role_arn" {
  description = "What the pipeline assumes."
  value       = aws_iam_role.deploy.arn
}
