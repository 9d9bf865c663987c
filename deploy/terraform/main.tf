provider "aws" {
  region = "us-east-1" # CloudFront takes certificates and firewalls from there alone

  default_tags {
    tags = { Application = "candlefish", Stack = var.stack }
  }
}

module "data" {
  source    = "./modules/data"
  stack     = var.stack
  protected = var.protected
}

module "security" {
  source     = "./modules/security"
  stack      = var.stack
  repository = var.repository

  site_bucket_arn = module.site.bucket_arn
  function_arns   = module.api.function_arns
  routes_arn      = module.edge.routes_arn
}

module "site" {
  source           = "./modules/site"
  stack            = var.stack
  protected        = var.protected
  distribution_arn = module.edge.distribution_arn
}

module "api" {
  source         = "./modules/api"
  stack          = var.stack
  artefact       = var.artefact
  table_name     = module.data.table_name
  table_arn      = module.data.table_arn
  origins        = ["https://${var.domain_name}"]
  parameter_path = "/${var.stack}"
}

module "edge" {
  source              = "./modules/edge"
  stack               = var.stack
  domain_name         = var.domain_name
  certificate_arn     = var.certificate_arn
  site_domain_name    = module.site.domain_name
  api_domain_names    = module.api.domain_names
  web_acl_arn         = module.security.web_acl_arn
  log_bucket_endpoint = module.site.log_domain_name
}

module "monitoring" {
  source           = "./modules/monitoring"
  stack            = var.stack
  alarm_emails     = var.alarm_emails
  function_name    = module.api.function_name
  api_ids          = module.api.api_ids
  table_name       = module.data.table_name
  distribution_id  = module.edge.distribution_id
  metric_namespace = "Candlefish/${var.stack}"
}

# Where `candlefish deploy` finds what has no name of its own choosing.
resource "aws_ssm_parameter" "resources" {
  # checkov:skip=CKV2_AWS_34: names, no secrets
  name  = "/${var.stack}/resources"
  type  = "String"
  value = jsonencode({ keys = module.edge.routes_arn, apis = module.api.api_ids })
}
